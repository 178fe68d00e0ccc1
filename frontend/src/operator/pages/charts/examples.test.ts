import type { TFunction } from "i18next";
import { describe, expect, it } from "vitest";
import type { EntityStatus } from "@/api/types";
import { examplesFor } from "./examples";

const t = ((key: string) => key) as unknown as TFunction<"charts">;
const object = (table: string, rows_here: number | null) => ({ table, rows_here }) as EntityStatus;

describe("the examples of questions", () => {
  it("are of tables that have rows", () => {
    const objects = [object("crm_deals", 5), object("crm_users", 0), object("crm_leads", null)];
    expect(examplesFor(objects, t)).toEqual(["examples.dealsByStage", "examples.wonByMonth"]);
    expect(examplesFor([], t)).toEqual([]);
  });
});
