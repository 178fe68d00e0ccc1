import { describe, expect, it } from "vitest";
import { withoutTerm, withTerm } from "./terms";

const terms = [
  { term: "revenue", meaning: "SUM(opportunity)", own: false },
  { term: "VIP", meaning: "opportunity > 1000000", own: true },
];

describe("the company's terms", () => {
  it("are sent with the built-in ones when one is added", () => {
    const next = withTerm(terms, { term: "churn", meaning: "lost" });
    expect(next.map((each) => each.term)).toEqual(["revenue", "VIP", "churn"]);
  });

  it("take another meaning in the place of the old one", () => {
    expect(withTerm(terms, { term: "revenue", meaning: "own" })[0]).toEqual({
      term: "revenue",
      meaning: "own",
    });
  });

  it("lose only the one that is removed", () => {
    expect(withoutTerm(terms, "VIP")).toEqual([{ term: "revenue", meaning: "SUM(opportunity)" }]);
  });
});
