import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, body } from "./client";
import { STATUS_KEY } from "./live";
import type { Run } from "./types";

export type Mode = Run["mode"];

/** Ask for the first full copy of everything that has none, is switched on and permitted. */
export function useFirstCopy() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => body(api.POST("/api/v1/sync/start")),
    onSettled: () => queries.invalidateQueries({ queryKey: STATUS_KEY }),
  });
}

/** Everything one can do with an object; the status is asked for anew afterwards. */
export function useSyncActions(entity: string) {
  const queries = useQueryClient();
  const onSettled = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: STATUS_KEY }),
      queries.invalidateQueries({ queryKey: ["sync", "runs"] }),
      queries.invalidateQueries({ queryKey: ["sync", "config"] }),
    ]);
  const params = { path: { entity } };

  return {
    start: useMutation({
      mutationFn: (given: { mode: Mode; acceptDeletions?: boolean }) =>
        body(
          api.POST("/api/v1/sync/start/{entity}", {
            params,
            body: { mode: given.mode, accept_deletions: given.acceptDeletions ?? false },
          }),
        ),
      onSettled,
    }),
    pause: useMutation({
      mutationFn: () => body(api.POST("/api/v1/sync/{entity}/pause", { params })),
      onSettled,
    }),
    resume: useMutation({
      mutationFn: () => body(api.POST("/api/v1/sync/{entity}/resume", { params })),
      onSettled,
    }),
    reset: useMutation({
      mutationFn: (given: { dropTable: boolean }) =>
        body(
          api.POST("/api/v1/sync/{entity}/reset", {
            params,
            body: { drop_table: given.dropTable },
          }),
        ),
      onSettled,
    }),
    cancel: useMutation({
      mutationFn: (runId: number) =>
        body(
          api.POST("/api/v1/sync/runs/{run_id}/cancel", { params: { path: { run_id: runId } } }),
        ),
      onSettled,
    }),
  };
}
