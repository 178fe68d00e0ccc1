import { describe, expect, it } from "vitest";
import type { Column, Table } from "@/api/types";
import { dbtOf, ddlOf, selectOf } from "./copying";

const column = (name: string, given: Partial<Column> = {}): Column => ({
  name,
  label: name,
  type: "bigint",
  kind: "integer",
  personal: false,
  null_share: null,
  values: [],
  labels: {},
  least: null,
  greatest: null,
  references: null,
  ...given,
});

const deals: Table = {
  name: "crm_deals",
  label: "Сделки / Deals",
  is_view: false,
  rows: 1,
  rows_exact: true,
  fresh_at: null,
  columns: [
    column("id"),
    column("order", { label: 'Порядок\n"в списке"', type: "text" }),
    column("user_id", { references: { table: "crm_users", column: "id" } }),
    column("_deleted_at", { type: "timestamp without time zone" }),
  ],
};

describe("a table copied as SQL", () => {
  it("selects living rows, with labels as comments", () => {
    expect(selectOf(deals)).toBe(
      "SELECT\n  id,\n" +
        '  "order", -- Порядок "в списке"\n' +
        "  user_id, -- → crm_users.id\n" +
        "  _deleted_at\nFROM crm_deals\nWHERE _deleted_at IS NULL\nLIMIT 100;\n",
    );
  });

  it("leaves the marks of deletion to the view", () => {
    expect(selectOf({ ...deals, is_view: true })).not.toContain("WHERE");
  });

  it("is quoted as the database wants it", () => {
    const mysql = { ...deals, columns: [...deals.columns, column("at", { type: "datetime(6)" })] };
    expect(selectOf(mysql)).toContain("`order`");
  });

  it("has its types and its key", () => {
    const told = ddlOf(deals, ["id"]);
    expect(told).toContain("  id bigint,\n");
    expect(told).toContain("  _deleted_at timestamp without time zone,\n  PRIMARY KEY (id)\n);");
  });

  it("has no key where none is known", () => {
    expect(ddlOf(deals, ["nothing"])).toContain("_deleted_at timestamp without time zone\n);");
  });
});

describe("a table copied as a dbt source", () => {
  it("keeps quotes and line ends of labels safe", () => {
    expect(dbtOf(deals, ["id"], "Сделки")).toContain('description: "Порядок\\n\\"в списке\\""');
  });

  it("tests the key", () => {
    expect(dbtOf(deals, ["id"], "Сделки")).toContain(
      '          - name: "id"\n            data_type: "bigint"\n' +
        "            data_tests: [unique, not_null]",
    );
  });
});
