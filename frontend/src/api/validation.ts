import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Told } from "@/lib/sentences";
import { api, body } from "./client";
import type { components } from "./schema";
import type { Validation } from "./types";

export type Method = Validation["method"];
export type Cost = components["schemas"]["CostOut"];
export type Estimate = components["schemas"]["EstimateOut"];
export type ColumnFigures = components["schemas"]["bridge24__sync__validation__schemas__ColumnOut"];

const ALL = ["validation"] as const;
const PAGE = 100;
const SOON_MS = 1_000;
const REST_MS = 15_000;

export const isOpen = (validation: Validation): boolean =>
  ["queued", "running", "repairing"].includes(validation.status);

/** Why a comparison or its repair failed. */
export const errorOf = (validation: Validation): Told => ({
  code: validation.error_code ?? "",
  message: validation.error_message ?? "",
  facts: validation.error_facts,
});

/** The last comparison of every object; asked for every second while one is under way. */
export function useValidations() {
  return useQuery({
    queryKey: [...ALL, "latest"],
    queryFn: () => body(api.GET("/api/v1/validation")),
    refetchInterval: (query) => (query.state.data?.validations.some(isOpen) ? SOON_MS : REST_MS),
  });
}

/** `state` changes when a repair has gone over them, and they are asked for anew. */
export function useDifferences(id: number, state: string) {
  return useInfiniteQuery({
    queryKey: [...ALL, id, "differences", state],
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/validation/{validation_id}/differences", {
          params: {
            path: { validation_id: id },
            query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function useCost(entity: string, sample: number) {
  return useQuery({
    queryKey: [...ALL, "cost", entity, sample],
    queryFn: (): Promise<Cost> =>
      body(api.GET("/api/v1/validation/cost", { params: { query: { entity, sample } } })),
    placeholderData: (before) => before,
  });
}

export function useColumnFigures(entity: string) {
  return useQuery({
    queryKey: [...ALL, "columns", entity],
    queryFn: () =>
      body(api.GET("/api/v1/validation/columns/{entity}", { params: { path: { entity } } })),
    staleTime: 60_000,
  });
}

export function useValidationActions() {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: ALL });
  return {
    start: useMutation({
      mutationFn: (given: { entity: string; method: Method; sample: number }) =>
        body(
          api.POST("/api/v1/validation/start/{entity}", {
            params: { path: { entity: given.entity } },
            body: { method: given.method, sample: given.sample },
          }),
        ),
      onSettled,
    }),
    repair: useMutation({
      mutationFn: (given: { id: number; acceptDeletions: boolean }) =>
        body(
          api.POST("/api/v1/validation/{validation_id}/repair", {
            params: { path: { validation_id: given.id } },
            body: { accept_deletions: given.acceptDeletions },
          }),
        ),
      onSettled,
    }),
  };
}
