import { describe, expect, it } from "vitest";
import type { EntityStatus } from "@/api/types";
import { shownObjects, statesOf } from "./objects";

const one = (entity: string, state: EntityStatus["state"] = "fresh") =>
  ({ entity, state }) as EntityStatus;
const names = (entities: EntityStatus[]) => entities.map(({ entity }) => entity);

describe("the objects of the dashboard", () => {
  it("are those people work with, then their parts and dictionaries", () => {
    const groups = shownObjects([
      one("status"),
      one("deal"),
      one("dynamic_177"),
      one("dynamic_177_funnel"),
    ]);
    expect(names(groups.main)).toEqual(["deal", "dynamic_177"]);
    expect(names(groups.others)).toEqual(["status", "dynamic_177_funnel"]);
  });

  it("leave out what is not copied", () => {
    const groups = shownObjects([one("deal", "off"), one("status", "forbidden"), one("lead")]);
    expect([...names(groups.main), ...names(groups.others)]).toEqual(["lead"]);
  });

  it("are counted by their states", () => {
    expect(statesOf([one("a", "never"), one("b"), one("c")])).toEqual([
      ["fresh", 2],
      ["never", 1],
    ]);
  });
});
