import { describe, expect, it } from "vitest";
import type { ChartData } from "@/api/types";
import { blankChart, fitted, parametersIn } from "./drafted";

const data = {
  columns: ["month", "deals", "note"],
  rows: [
    { month: "2026-01-01", deals: 3, note: null },
    { month: "2026-02-01", deals: 5, note: "x" },
  ],
} as unknown as ChartData;

describe("a chart made by hand", () => {
  it("finds its parameters, but no casts and no texts", () => {
    expect(
      parametersIn("SELECT d::date, ':no' FROM t WHERE a >= :start AND b < :end AND c = :start"),
    ).toEqual(["start", "end"]);
  });

  it("takes axis and series from the answer", () => {
    const chart = fitted(blankChart("t"), data);
    expect([chart.x, chart.series?.map((one) => one.column)]).toEqual(["month", ["deals"]]);
  });

  it("keeps what was chosen as long as it exists", () => {
    const chosen = { ...blankChart("t"), x: "note" };
    expect(fitted(chosen, data).x).toBe("note");
    expect(fitted({ ...chosen, x: "gone" }, data).x).toBe("month");
  });
});
