import type { Run } from "@/api/types";

const SLOT_MS = 600_000;

interface Point {
  /** Begin of ten minutes, in milliseconds. */
  slot: number;
  value: number;
}

const slotOf = (moment: string) => Math.floor(Date.parse(moment) / SLOT_MS) * SLOT_MS;

function into(points: Map<number, number>, join: (before: number, now: number) => number) {
  return (slot: number, value: number) =>
    points.set(slot, points.has(slot) ? join(points.get(slot) ?? 0, value) : value);
}

const inOrder = (points: Map<number, number>): Point[] =>
  [...points].map(([slot, value]) => ({ slot, value })).sort((one, other) => one.slot - other.slot);

/**
 * How many minutes old the copy of an object had become when it was looked at again; of all objects
 * looked at within ten minutes the oldest counts.
 */
export function lagOf(runs: readonly Run[]): Point[] {
  const good = runs
    .filter((run) => run.status === "succeeded" && run.finished_at !== null)
    .sort((one, other) => Date.parse(one.started_at) - Date.parse(other.started_at));
  const seen = new Map<string, number>();
  const points = new Map<number, number>();
  const add = into(points, Math.max);
  for (const run of good) {
    const ended = Date.parse(run.finished_at ?? "");
    const before = seen.get(run.entity);
    if (before !== undefined) add(slotOf(run.finished_at ?? ""), (ended - before) / 60_000);
    // What a run has read is as old as its beginning.
    seen.set(run.entity, Date.parse(run.started_at));
  }
  return inOrder(points);
}

export interface Spent {
  slot: number;
  method: string;
  seconds: number;
}

/** The operating seconds that runs took of each list method, by the ten minutes they ended in. */
export function spentOn(runs: readonly Run[], methodOf: (entity: string) => string): Spent[] {
  const byMethod = new Map<string, Map<number, number>>();
  for (const run of runs) {
    const seconds = run.progress?.operating_seconds ?? 0;
    if (run.finished_at === null || seconds <= 0) continue;
    const method = methodOf(run.entity);
    const points = byMethod.get(method) ?? new Map<number, number>();
    into(points, (before, now) => before + now)(slotOf(run.finished_at), seconds);
    byMethod.set(method, points);
  }
  return [...byMethod]
    .flatMap(([method, points]) =>
      inOrder(points).map(({ slot, value }) => ({ slot, method, seconds: value })),
    )
    .sort((one, other) => one.slot - other.slot);
}
