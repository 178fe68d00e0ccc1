import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "./client";
import type { Me, Role } from "./types";

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

export function useMe() {
  return useQuery({
    queryKey: ["me"],
    queryFn: (): Promise<Me> => body(api.GET("/api/v1/auth/me")),
    staleTime: Infinity,
  });
}

/** Whether the reader may do what needs a role; buttons that may not be pressed are not shown. */
export function useMay(role: Role): boolean {
  const { data } = useMe();
  return data !== undefined && RANK[data.role] >= RANK[role];
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (given: { name: string; password: string }) =>
      body(api.POST("/api/v1/auth/login", { body: { ...given, bearer: false } })),
    onSuccess: () => queries.invalidateQueries(),
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => body(api.POST("/api/v1/auth/logout")),
    onSettled: () => queries.resetQueries({ queryKey: ["me"] }),
  });
}
