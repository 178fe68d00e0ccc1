import { describe, expect, it } from "vitest";
import type { Column, Table } from "@/api/types";
import { search, stem } from "./search";

const column = (name: string, label: string): Column => ({
  name,
  label,
  type: "text",
  kind: "text",
  personal: false,
  null_share: null,
  values: [],
  labels: {},
  least: null,
  greatest: null,
  references: null,
});

const table = (name: string, label: string, columns: Column[]): Table => ({
  name,
  label,
  is_view: name.startsWith("v_"),
  rows: 1,
  rows_exact: true,
  fresh_at: null,
  columns,
});

const tables = [
  table("crm_leads", "Лиды / Leads", [column("opportunity", "Сумма")]),
  table("crm_deals", "Сделки / Deals", [column("opportunity", "Сумма"), column("title", "Имя")]),
  table("v_crm_deals", "Bridge24: …", [column("opportunity", "Сумма")]),
];
const names = (sought: string) => search(tables, sought).map((match) => match.table.name);

describe("the search over the schema", () => {
  it("shows everything when nothing is sought", () => {
    expect(names("  ")).toHaveLength(3);
  });

  it("finds a table in both languages and any form, with its view", () => {
    expect(names("сделка")).toEqual(["crm_deals", "v_crm_deals"]);
    expect(names("Deal")).toEqual(["crm_deals", "v_crm_deals"]);
  });

  it("finds columns by label and by name", () => {
    expect(search(tables, "имя")[0]?.columns.map((each) => each.name)).toEqual(["title"]);
    expect(names("opportunity")).toHaveLength(3);
  });

  it("lets the words be split between a table and its column", () => {
    const [first] = search(tables, "лиды сумма");
    expect(first?.table.name).toBe("crm_leads");
    expect(first?.columns).toHaveLength(1);
  });

  it("finds nothing where there is nothing", () => {
    expect(names("нетакого")).toEqual([]);
  });

  it("leaves short words whole", () => {
    expect(stem("имя")).toBe("имя");
    expect(stem("Счётов")).toBe("счет");
  });
});
