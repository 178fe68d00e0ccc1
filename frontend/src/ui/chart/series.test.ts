import { describe, expect, it } from "vitest";
import { MOST_LINES, shaped, toNumber } from "./series";

const series = [{ column: "revenue", label: "Revenue", format: "money", currency: null }];

describe("an answer", () => {
  it("becomes points with a place on the axis and a number for each series", () => {
    const { points, lines } = shaped(
      { title: "t", chart_type: "bar", x: "month", series },
      [
        { month: "2026-01-01", revenue: "12345678901234567.89" },
        { month: null, revenue: null },
      ],
      "none",
    );
    expect(points).toEqual([
      { x: "2026-01-01", revenue: 12345678901234567.89 },
      { x: "none", revenue: null },
    ]);
    expect(lines[0]?.format).toBe("money");
  });

  it("is turned so that every part becomes a line with its own currency", () => {
    const rows = [
      { x: "a", part: "RUB", revenue: 1 },
      { x: "a", part: "USD", revenue: 5 },
      { x: "b", part: "RUB", revenue: 3 },
    ];
    const spec = { title: "t", chart_type: "bar" as const, x: "x", split_by: "part", series };
    const { points, lines } = shaped(spec, rows, "none");
    expect(points).toEqual([
      { x: "a", "part:RUB": 1, "part:USD": 5 },
      { x: "b", "part:RUB": 3 },
    ]);
    expect(lines.map((line) => [line.label, line.currency])).toEqual([
      ["USD", "USD"],
      ["RUB", "RUB"],
    ]);
  });

  it("leaves what is beyond a dozen lines to the table", () => {
    const rows = Array.from({ length: 20 }, (_, n) => ({ x: "a", part: `p${n}`, revenue: n }));
    const spec = { title: "t", chart_type: "line" as const, x: "x", split_by: "part", series };
    const { lines, left } = shaped(spec, rows, "none");
    expect([lines.length, left]).toEqual([MOST_LINES, 20 - MOST_LINES]);
    expect(lines[0]?.label).toBe("p19");
  });

  it("takes only what is a number for a number", () => {
    expect([toNumber("1.5"), toNumber(""), toNumber("NaN"), toNumber("x"), toNumber(true)]).toEqual(
      [1.5, null, null, null, null],
    );
  });
});
