import type { QueryClient } from "@tanstack/react-query";
import { create } from "zustand";
import type { Run, RunEvent, Status } from "./types";

export type Connection = "connecting" | "stream" | "polling" | "offline";

const LINES_KEPT = 200;
const AGAIN_MS = 3_000;

interface Live {
  connection: Connection;
  /** The latest lines of all runs' timelines, the newest first. */
  lines: RunEvent[];
  /** Counts the times the server came back after being away. */
  returns: number;
}

export const useLive = create<Live>(() => ({
  connection: "connecting",
  lines: [],
  returns: 0,
}));

const RETURNED = "bridge24.returned";

/** The page is loaded anew because the server came back: the new one is to say so. */
export function rememberReturn(): void {
  sessionStorage.setItem(RETURNED, "yes");
}

/** Whether this page was loaded for that; true once. */
export function wasReturn(): boolean {
  const was = sessionStorage.getItem(RETURNED) !== null;
  sessionStorage.removeItem(RETURNED);
  return was;
}

export const STATUS_KEY = ["sync", "status"] as const;

/** Put a run that changed into the status everybody looks at. */
export function withRun(status: Status, run: Run): Status {
  const open = run.finished_at === null;
  return {
    ...status,
    entities: status.entities.map((entity) => {
      if (entity.entity !== run.entity) return entity;
      if (open) return { ...entity, run, phase: run.phase };
      const ended = entity.run?.id === run.id ? { run: null, phase: null } : {};
      const last = (entity.last_run?.id ?? 0) <= run.id ? run : entity.last_run;
      return { ...entity, ...ended, last_run: last, last_error: last?.error ?? null };
    }),
  };
}

function listen(source: EventSource, queries: QueryClient): void {
  const on = <T>(name: string, told: (data: T) => void) =>
    source.addEventListener(name, (event) =>
      told(JSON.parse((event as MessageEvent<string>).data) as T),
    );
  on<Status>("status", (status) => queries.setQueryData(STATUS_KEY, status));
  on<Run>("run", (run) => {
    queries.setQueryData<Status>(STATUS_KEY, (status) => status && withRun(status, run));
    if (run.finished_at !== null) void queries.invalidateQueries({ queryKey: ["sync", "runs"] });
  });
  on<RunEvent>("line", (line) =>
    useLive.setState(({ lines }) => ({
      lines: [line, ...lines.filter((each) => each.id !== line.id)].slice(0, LINES_KEPT),
    })),
  );
}

/** The server answers again; when it had been away, that is counted. */
export function heard(connection: "stream" | "polling"): void {
  useLive.setState((before) => ({
    connection,
    returns: before.connection === "offline" ? before.returns + 1 : before.returns,
  }));
}

/**
 * Hear what happens as it happens; the returned function stops it.
 *
 * While the stream is broken the screens poll once a second; the browser comes again by itself
 * and says what it heard last, so nothing is missed.
 */
export function goLive(queries: QueryClient): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const open = () => {
    source = new EventSource("/api/v1/sync/stream");
    listen(source, queries);
    source.onopen = () => {
      const was = useLive.getState().connection;
      heard("stream");
      if (was === "offline" || was === "polling") void queries.invalidateQueries();
    };
    source.onerror = () => {
      // Whether the server is away altogether is found out by asking for the status.
      if (useLive.getState().connection !== "offline") useLive.setState({ connection: "polling" });
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS);
    };
  };

  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
