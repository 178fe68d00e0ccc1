import { describe, expect, it } from "vitest";
import { withRun } from "./live";
import type { EntityStatus, Run, Status } from "./types";

const run = (id: number, more: Partial<Run> = {}) =>
  ({ id, entity: "deal", phase: "copying", finished_at: null, error: null, ...more }) as Run;
const status = (more: Partial<EntityStatus> = {}) =>
  ({ entities: [{ entity: "deal", run: null, phase: null, last_run: null, ...more }] }) as Status;

describe("a run that changed", () => {
  it("shows as the open one of its object", () => {
    const [deal] = withRun(status(), run(7)).entities;
    expect([deal?.run?.id, deal?.phase]).toEqual([7, "copying"]);
  });

  it("becomes the last one when it ends", () => {
    const [deal] = withRun(status({ run: run(7) }), run(7, { finished_at: "2026-01-01" })).entities;
    expect([deal?.run, deal?.last_run?.id]).toEqual([null, 7]);
  });

  it("does not hide a newer one when it is told late", () => {
    const before = status({ run: run(9), last_run: run(8, { finished_at: "x" }) });
    const [deal] = withRun(before, run(7, { finished_at: "2026-01-01" })).entities;
    expect([deal?.run?.id, deal?.last_run?.id]).toEqual([9, 8]);
  });
});
