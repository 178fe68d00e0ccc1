import { describe, expect, it } from "vitest";
import type { Difference, Validation } from "@/api/types";
import { byRow, verdictOf } from "./proof";

const validation: Validation = {
  id: 1,
  entity: "deal",
  method: "ids",
  sample: 200,
  status: "succeeded",
  phase: "done",
  asked_at: "2026-11-24T10:00:00Z",
  started_at: null,
  finished_at: null,
  checked_at: null,
  rows_compared: 10,
  sampled: 0,
  source_rows: 10,
  target_rows: 10,
  differing: 0,
  recent: 0,
  unrepaired: 0,
  repairs: 0,
  http_calls: 1,
  operating_seconds: 0.1,
  error_code: null,
  error_message: null,
  error_facts: {},
};

describe("what a comparison has proved", () => {
  it("is nothing before one was made", () => {
    expect(verdictOf(undefined)).toBe("never");
  });

  it("is equality only with equal numbers and no difference", () => {
    expect(verdictOf(validation)).toBe("equal");
    expect(verdictOf({ ...validation, target_rows: 9 })).toBe("different");
    expect(verdictOf({ ...validation, differing: 2 })).toBe("different");
  });

  it("is still open for rows that were just changed", () => {
    expect(verdictOf({ ...validation, differing: 2, recent: 2 })).toBe("recent");
    expect(verdictOf({ ...validation, differing: 3, recent: 2 })).toBe("different");
  });

  it("is mended once a repair has left nothing", () => {
    const repaired = { ...validation, target_rows: 9, differing: 2, repairs: 1 };
    expect(verdictOf({ ...repaired, unrepaired: 1 })).toBe("different");
    expect(verdictOf(repaired)).toBe("repaired");
    expect(verdictOf({ ...repaired, repairs: 0 })).toBe("different");
  });

  it("is told while it is under way, and when it failed", () => {
    expect(verdictOf({ ...validation, status: "repairing" })).toBe("open");
    expect(verdictOf({ ...validation, status: "failed" })).toBe("failed");
  });
});

const difference = (given: Partial<Difference>): Difference => ({
  id: 1,
  row_id: 7,
  kind: "value",
  column_name: "title",
  portal_value: "a",
  stored_value: "b",
  repaired_at: null,
  ...given,
});

describe("the differences", () => {
  it("are put together by row, in their order", () => {
    const rows = byRow([
      difference({ row_id: 9 }),
      difference({ row_id: 7, column_name: "stage_id" }),
      difference({ row_id: 9, column_name: "phone" }),
    ]);
    expect(rows.map((row) => [row.rowId, row.columns.length])).toEqual([
      [9, 2],
      [7, 1],
    ]);
  });

  it("of a whole row have no columns", () => {
    const [row] = byRow([difference({ kind: "missing", column_name: null })]);
    expect(row).toMatchObject({ whole: "missing", columns: [] });
  });

  it("are repaired when all of a row's are", () => {
    const done = { repaired_at: "2026-11-24T10:00:00Z" };
    expect(byRow([difference(done), difference({})])[0]?.repaired).toBe(false);
    expect(byRow([difference(done), difference(done)])[0]?.repaired).toBe(true);
  });
});
