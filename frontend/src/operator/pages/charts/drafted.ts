import type { ChartData, ChartSpec } from "@/api/types";

/** A chart one works on, before or after it is saved. */
export interface Drafted {
  chart: ChartSpec;
  prompt: string;
  data?: ChartData;
  savedId?: number;
  /** Whether an operator has verified the question it answers. */
  verified?: boolean;
  /** Whether one began with the query. */
  sql?: boolean;
}

export const TYPES = ["bar", "line", "area", "pie", "scatter", "number", "table"] as const;

export function blankChart(title: string): ChartSpec {
  return {
    title,
    explanation: "",
    sql: "",
    chart_type: "table",
    x: null,
    x_format: "text",
    grain: "none",
    series: [],
    split_by: null,
    assumptions: [],
    parameters: [],
  };
}

/** Names of `:parameters` in a query; casts (`::date`) and quoted texts are none. */
export function parametersIn(sql: string): string[] {
  const plain = sql.replace(/'(?:[^']|'')*'/g, "''");
  return [
    ...new Set([...plain.matchAll(/(?<!:):([a-z][a-z0-9_]*)/g)].map((found) => found[1] ?? "")),
  ];
}

/**
 * Give a chart made by hand its axis and series from what the query returned.
 *
 * The first column that is no number is the axis, every number is a series; what was chosen
 * before and still exists stays.
 */
export function fitted(chart: ChartSpec, data: ChartData): ChartSpec {
  const numeric = (column: string) =>
    data.rows.some((row) => typeof row[column] === "number") &&
    data.rows.every((row) => row[column] === null || !Number.isNaN(Number(row[column])));
  const numbers = data.columns.filter(numeric);
  const series = (chart.series ?? []).filter((one) => data.columns.includes(one.column));
  const kept = chart.x && data.columns.includes(chart.x) ? chart.x : null;
  const x = kept ?? data.columns.find((column) => !numbers.includes(column)) ?? null;
  return {
    ...chart,
    x,
    series:
      series.length > 0
        ? series
        : numbers
            .filter((column) => column !== x)
            .map((column) => ({
              column,
              label: column,
              format: "number" as const,
              currency: null,
            })),
  };
}
