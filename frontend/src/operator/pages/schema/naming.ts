import type { Table } from "@/api/types";
import { titleIn } from "@/lib/titles";

/** The table a view shows, by the view's name: `v_crm_deals` shows `crm_deals`. */
export const baseOf = (name: string): string => name.replace(/^v_/, "");

/** What a table is called; a view is called like its table. */
export function tableTitle(table: Table, tables: readonly Table[], language: string): string {
  const named = table.is_view
    ? (tables.find((each) => each.name === baseOf(table.name)) ?? table)
    : table;
  return titleIn(named.label || named.name, language);
}
