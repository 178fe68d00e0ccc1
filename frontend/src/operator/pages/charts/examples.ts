import type { TFunction } from "i18next";
import type { EntityStatus } from "@/api/types";

// Which tables, with rows in them, a question needs.
const NEEDS: readonly [string, readonly string[]][] = [
  ["revenueByManager", ["crm_deals", "crm_users"]],
  ["dealsByStage", ["crm_deals"]],
  ["wonByMonth", ["crm_deals"]],
  ["leadsBySource", ["crm_leads"]],
  ["conversion", ["crm_leads"]],
  ["calls", ["crm_calls"]],
  ["companies", ["crm_companies"]],
];
const MOST = 5;

/** Questions that one's own tables can answer; how full they are is known with the page. */
export function examplesFor(objects: readonly EntityStatus[], t: TFunction<"charts">): string[] {
  const filled = new Set(
    objects.filter((object) => (object.rows_here ?? 0) > 0).map((object) => object.table),
  );
  return NEEDS.filter(([, needed]) => needed.every((name) => filled.has(name)))
    .slice(0, MOST)
    .map(([name]) => t(`examples.${name}`));
}
