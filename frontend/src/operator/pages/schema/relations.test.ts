import { describe, expect, it } from "vitest";
import type { Table } from "@/api/types";
import { layoutOf, relationsOf } from "./relations";

const table = (name: string, leads: Record<string, string>): Table => ({
  name,
  label: name,
  is_view: name.startsWith("v_"),
  rows: 1,
  rows_exact: true,
  fresh_at: null,
  columns: Object.entries(leads).map(([column, to]) => ({
    name: column,
    label: column,
    type: "bigint",
    kind: "integer",
    personal: false,
    null_share: null,
    values: [],
    labels: {},
    least: null,
    greatest: null,
    references: { table: to, column: "id" },
  })),
});

const tables = [
  table("deals", { assigned: "users", created: "users", contact: "contacts", quote: "quotes" }),
  table("contacts", { assigned: "users" }),
  table("quotes", { deal: "deals", gone: "elsewhere" }),
  table("users", {}),
  table("v_deals", { assigned: "users" }),
];

describe("the relations", () => {
  it("join the columns of a pair, and leave out views and unknown tables", () => {
    const relations = relationsOf(tables);
    expect(relations).toContainEqual({
      from: "deals",
      to: "users",
      columns: ["assigned", "created"],
    });
    expect(relations.some(({ from, to }) => from === "v_deals" || to === "elsewhere")).toBe(false);
  });
});

describe("the picture of the relations", () => {
  const { places, width, height } = layoutOf(relationsOf(tables));

  it("has the most wanted table at the right end", () => {
    const rightmost = Math.max(...[...places.values()].map((place) => place.x));
    expect(places.get("users")?.x).toBe(rightmost);
    expect(places.get("contacts")?.x).toBeGreaterThan(places.get("deals")?.x ?? 0);
  });

  it("ends although tables lead to each other", () => {
    expect([...places.keys()].sort()).toEqual(["contacts", "deals", "quotes", "users"]);
  });

  it("puts no two tables in one place, and all inside", () => {
    const spots = [...places.values()].map(({ x, y }) => `${x}/${y}`);
    expect(new Set(spots).size).toBe(spots.length);
    for (const { x, y } of places.values()) {
      expect(x).toBeLessThanOrEqual(width);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(height);
    }
  });

  it("is empty without relations", () => {
    expect(layoutOf([]).places.size).toBe(0);
  });
});
