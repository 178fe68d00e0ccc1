import { describe, expect, it } from "vitest";
import type { Finding } from "@/api/types";
import { verdictOf } from "./findings";

const found = (level: Finding["level"]): Finding => ({
  level,
  subject: "x",
  code: "y",
  sentence: "y",
  facts: {},
});

describe("the doctor's verdict", () => {
  it("is the worst that was found", () => {
    expect(verdictOf([found("good"), found("bad"), found("note")])).toBe("bad");
    expect(verdictOf([found("good"), found("note")])).toBe("note");
    expect(verdictOf([found("good")])).toBe("good");
  });
});
