import type { TFunction } from "i18next";
import type { Table } from "@/api/types";

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

/** Questions that one's own tables can answer. */
export function examplesFor(tables: readonly Table[], t: TFunction<"charts">): string[] {
  const filled = new Set(
    tables.filter((table) => (table.rows ?? 0) > 0).map((table) => table.name),
  );
  return NEEDS.filter(([, needed]) => needed.every((name) => filled.has(name)))
    .slice(0, MOST)
    .map(([name]) => t(`examples.${name}`));
}
