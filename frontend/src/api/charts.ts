import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body, send } from "./client";
import { errorOf } from "./errors";
import type { ChartSpec, Generated } from "./types";

export type Stage = "understanding" | "writing" | "running" | "correcting";

interface Question {
  prompt: string;
  language: "ru" | "en";
  previous?: ChartSpec;
}

/** One event of a stream: its name and its data. */
export interface Told {
  event: string;
  data: string;
}

/** Cut what has come so far into whole events; the rest waits for more. */
export function eventsIn(text: string): { told: Told[]; rest: string } {
  const parts = text.split(/\r?\n\r?\n/);
  const rest = parts.pop() ?? "";
  const told = parts.map((part) => {
    const lines = part.split(/\r?\n/);
    const field = (name: string) =>
      lines
        .filter((line) => line.startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 1).replace(/^ /, ""))
        .join("\n");
    return { event: field("event"), data: field("data") };
  });
  return { told: told.filter((one) => one.event !== ""), rest };
}

/** Read a stream of server-sent events to its end. */
export async function* streamed(request: Request): AsyncGenerator<Told> {
  const answer = await send(request);
  const trace = answer.headers.get("X-Trace-Id") ?? "";
  if (!answer.ok || !answer.body) {
    throw await errorOf(answer.status, await answer.json().catch(() => null), trace);
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const found = eventsIn(rest + value);
    rest = found.rest;
    for (const one of found.told) {
      if (one.event === "error") throw await errorOf(422, JSON.parse(one.data), trace);
      yield one;
    }
  }
}

/** Have a chart drawn; each stage is told as it begins. */
export async function generate(
  question: Question,
  tell: (stage: Stage) => void,
  signal: AbortSignal,
): Promise<Generated> {
  const request = new Request("/api/v1/charts/generate/stream", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
    signal,
  });
  for await (const { event, data } of streamed(request)) {
    if (event === "stage") tell(JSON.parse(data) as Stage);
    if (event === "done") return JSON.parse(data) as Generated;
  }
  throw await errorOf(502, null, "");
}

const CHARTS = ["charts", "list"] as const;

export function useCharts() {
  return useQuery({
    queryKey: [...CHARTS, "all"],
    queryFn: () => body(api.GET("/api/v1/charts/list", { params: { query: { per_page: 100 } } })),
  });
}

/** A chart's answer; the last one is shown at once while a new one is made. */
export function useChartData(id: number) {
  const last = useQuery({
    queryKey: ["charts", id, "last"],
    queryFn: () =>
      body(
        api.GET("/api/v1/charts/{chart_id}/data", {
          params: { path: { chart_id: id }, query: { kept: true } },
        }),
      ),
    staleTime: Infinity,
    retry: false,
  });
  return useQuery({
    placeholderData: () => last.data,
    enabled: !last.isPending,
    queryKey: ["charts", id, "data"],
    queryFn: () =>
      body(api.GET("/api/v1/charts/{chart_id}/data", { params: { path: { chart_id: id } } })),
  });
}

export function useTables() {
  return useQuery({
    queryKey: ["schema", "tables"],
    queryFn: () => body(api.GET("/api/v1/schema/tables")),
    staleTime: 60_000,
  });
}

/** What one can do with saved charts; the lists are asked for anew afterwards. */
export function useChartActions() {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: CHARTS });
  const at = (id: number) => ({ params: { path: { chart_id: id } } });
  return {
    save: useMutation({
      mutationFn: (given: { chart: ChartSpec; prompt: string }) =>
        body(
          api.POST("/api/v1/charts/save", {
            body: { ...given, description: "", pinned: false, refresh_minutes: null },
          }),
        ),
      onSuccess,
    }),
    pin: useMutation({
      mutationFn: (id: number) => body(api.POST("/api/v1/charts/{chart_id}/pin", at(id))),
      onSuccess,
    }),
    duplicate: useMutation({
      mutationFn: (id: number) => body(api.POST("/api/v1/charts/{chart_id}/duplicate", at(id))),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: number) => body(api.DELETE("/api/v1/charts/{chart_id}", at(id))),
      onSuccess,
    }),
    change: useMutation({
      mutationFn: (given: { id: number; chart?: ChartSpec; refresh_minutes?: number | null }) => {
        const { id, ...changes } = given;
        return body(api.PATCH("/api/v1/charts/{chart_id}", { ...at(id), body: changes }));
      },
      onSuccess: (_done, given) =>
        Promise.all([onSuccess(), queries.invalidateQueries({ queryKey: ["charts", given.id] })]),
    }),
    order: useMutation({
      mutationFn: (ids: number[]) => body(api.PUT("/api/v1/charts/order", { body: { ids } })),
      onSuccess,
    }),
    refresh: useMutation({
      mutationFn: async (id: number) => {
        const query = { force: true };
        const data = await body(
          api.GET("/api/v1/charts/{chart_id}/data", {
            params: { path: { chart_id: id }, query },
          }),
        );
        queries.setQueryData(["charts", id, "data"], data);
        return data;
      },
    }),
  };
}
