/** From the rows of an answer to what a chart draws. */

export interface Drawn {
  title: string;
  chart_type: "bar" | "line" | "pie" | "area" | "scatter" | "number" | "table";
  x?: string | null | undefined;
  x_format?: string | undefined;
  grain?: string | undefined;
  split_by?: string | null | undefined;
  series?:
    | {
        column: string;
        label: string;
        format?: string | undefined;
        currency?: string | null | undefined;
      }[]
    | undefined;
}

export type Cell = string | number | boolean | null;
export type Row = Record<string, unknown>;

export interface Line {
  key: string;
  label: string;
  format: string;
  currency?: string | undefined;
}

export const MOST_LINES = 12;

/** Numbers come as JSON numbers, or as text where a double would lose digits. */
export function toNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export function nameOf(value: unknown, empty: string): string {
  return value === null || value === undefined || value === "" ? empty : String(value);
}

/**
 * One object for each place on the axis, one line for each series.
 *
 * With `split_by` the answer has a row for each pair: they are turned so that every value of
 * the split becomes a line; beyond a dozen the smallest are left to the table.
 */
export function shaped(
  spec: Drawn,
  rows: readonly Row[],
  empty: string,
): { points: Row[]; lines: Line[]; left: number } {
  const series = spec.series ?? [];
  const first = series[0];
  const x = spec.x;
  if (!spec.split_by || !first || !x) {
    const lines = series.map((one) => ({
      key: one.column,
      label: one.label,
      format: one.format ?? "number",
      ...(one.currency ? { currency: one.currency } : {}),
    }));
    const points = rows.map((row) => ({
      ...(x ? { x: nameOf(row[x], empty) } : {}),
      ...Object.fromEntries(lines.map((line) => [line.key, toNumber(row[line.key])])),
    }));
    return { points, lines, left: 0 };
  }
  return split(spec.split_by, x, first, rows, empty);
}

function split(
  by: string,
  x: string,
  series: NonNullable<Drawn["series"]>[number],
  rows: readonly Row[],
  empty: string,
): { points: Row[]; lines: Line[]; left: number } {
  const totals = new Map<string, number>();
  const points = new Map<string, Row>();
  for (const row of rows) {
    const part = nameOf(row[by], empty);
    const place = nameOf(row[x], empty);
    const value = toNumber(row[series.column]);
    totals.set(part, (totals.get(part) ?? 0) + Math.abs(value ?? 0));
    const point = points.get(place) ?? { x: place };
    points.set(place, { ...point, [`part:${part}`]: value });
  }
  const parts = [...totals].sort(([, one], [, other]) => other - one).map(([part]) => part);
  const money = series.format === "money";
  const lines = parts.slice(0, MOST_LINES).map((part) => ({
    key: `part:${part}`,
    label: part,
    format: series.format ?? "number",
    // Split by currency: each line has its own.
    ...(money && /^[A-Z]{3}$/.test(part) ? { currency: part } : {}),
    ...(money && series.currency ? { currency: series.currency } : {}),
  }));
  return { points: [...points.values()], lines, left: Math.max(0, parts.length - MOST_LINES) };
}
