import { describe, expect, it } from "vitest";
import type { Run } from "@/api/types";
import { lagOf, spentOn } from "./figures";

const run = (entity: string, began: string, ended: string, seconds = 0): Run =>
  ({
    entity,
    status: "succeeded",
    started_at: `2026-11-24T${began}Z`,
    finished_at: `2026-11-24T${ended}Z`,
    progress: { operating_seconds: seconds },
  }) as Run;
const at = (time: string) => Date.parse(`2026-11-24T${time}Z`);

describe("the lag", () => {
  it("is the age of a copy when it was looked at again, the oldest of ten minutes", () => {
    const runs = [
      run("lead", "10:31:00", "10:32:00"),
      run("deal", "10:30:00", "10:31:00"),
      run("deal", "10:00:00", "10:02:00"),
      run("lead", "10:20:00", "10:21:00"),
    ];
    expect(lagOf(runs)).toEqual([{ slot: at("10:30:00"), value: 31 }]);
  });

  it("knows nothing of an object looked at once, nor of runs that failed", () => {
    const failed = { ...run("deal", "10:30:00", "10:31:00"), status: "failed" as const };
    expect(lagOf([run("deal", "10:00:00", "10:02:00"), failed])).toEqual([]);
  });
});

describe("what was spent of the portal's limits", () => {
  it("is added up by method and ten minutes", () => {
    const runs = [
      run("deal", "10:00:00", "10:02:00", 3),
      run("lead", "10:00:00", "10:03:00", 1),
      run("deal", "10:05:00", "10:06:00", 2),
      run("deal", "10:11:00", "10:12:00", 4),
      run("deal", "10:12:00", "10:13:00", 0),
    ];
    expect(spentOn(runs, (entity) => `crm.${entity}.list`)).toEqual([
      { slot: at("10:00:00"), method: "crm.deal.list", seconds: 5 },
      { slot: at("10:00:00"), method: "crm.lead.list", seconds: 1 },
      { slot: at("10:10:00"), method: "crm.deal.list", seconds: 4 },
    ]);
  });
});
