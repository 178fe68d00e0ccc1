import type { Column, Table } from "@/api/types";

const RESERVED = new Set(
  (
    "all and as asc begin by case check column condition create current default delete desc " +
    "distinct else end for foreign from function grant group groups in index insert interval " +
    "into is join key lead left like limit not null offset on option or order primary range " +
    "rank read references right row rows select set system table then to union unique update " +
    "user using values when where window with"
  ).split(" "),
);

/** Whether the types are those of MySQL; PostgreSQL has neither. */
const isMysql = (table: Table): boolean =>
  table.columns.some(({ type }) => /^(datetime|tinyint|longtext|mediumtext)/.test(type));

function quoted(name: string, table: Table): string {
  if (/^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name)) return name;
  return isMysql(table) ? `\`${name.replaceAll("`", "``")}\`` : `"${name.replaceAll('"', '""')}"`;
}

/** A label becomes a comment: on one line, and only where it says more than the name. */
function comment(column: Column): string {
  const text = column.label.replace(/\s+/g, " ").trim();
  const leads = column.references ? `→ ${column.references.table}.${column.references.column}` : "";
  const told = [text === column.name ? "" : text, leads].filter(Boolean).join(" ");
  return told && ` -- ${told}`;
}

/** Lines with commas between them, each comma before its comment. */
const listed = (lines: [string, string][]): string =>
  lines
    .map(([code, told], place) => `  ${code}${place < lines.length - 1 ? "," : ""}${told}`)
    .join("\n");

/** Every column by name; rows deleted in the portal are left out. */
export function selectOf(table: Table): string {
  const columns = listed(
    table.columns.map((column) => [quoted(column.name, table), comment(column)]),
  );
  const marked = !table.is_view && table.columns.some(({ name }) => name === "_deleted_at");
  const alive = marked ? "\nWHERE _deleted_at IS NULL" : "";
  return `SELECT\n${columns}\nFROM ${quoted(table.name, table)}${alive}\nLIMIT 100;\n`;
}

/** The table as it is in this database. */
export function ddlOf(table: Table, key: readonly string[]): string {
  const lines = table.columns.map((column): [string, string] => [
    `${quoted(column.name, table)} ${column.type}`,
    comment(column),
  ]);
  const known = key.filter((name) => table.columns.some((column) => column.name === name));
  if (known.length > 0)
    lines.push([`PRIMARY KEY (${known.map((name) => quoted(name, table)).join(", ")})`, ""]);
  return `CREATE TABLE ${quoted(table.name, table)} (\n${listed(lines)}\n);\n`;
}

const SOURCE = "bitrix24";

/** A source of dbt: names, labels, types, tests. https://docs.getdbt.com/docs/build/sources */
export function dbtOf(table: Table, key: readonly string[], title: string): string {
  const lines = [
    "version: 2",
    "",
    "sources:",
    `  - name: ${SOURCE}`,
    "    tables:",
    `      - name: ${table.name}`,
    `        description: ${JSON.stringify(title)}`,
    "        columns:",
  ];
  for (const column of table.columns) {
    lines.push(`          - name: ${JSON.stringify(column.name)}`);
    if (column.label && column.label !== column.name)
      lines.push(`            description: ${JSON.stringify(column.label)}`);
    lines.push(`            data_type: ${JSON.stringify(column.type)}`);
    if (key.length === 1 && key[0] === column.name)
      lines.push("            data_tests: [unique, not_null]");
  }
  return `${lines.join("\n")}\n`;
}
