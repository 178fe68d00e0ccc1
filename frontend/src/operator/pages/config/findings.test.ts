import { describe, expect, it } from "vitest";
import type { Finding } from "@/api/types";
import { recognised, verdictOf } from "./findings";

const found = (level: Finding["level"]): Finding => ({ level, subject: "x", sentence: "y" });

describe("the doctor's verdict", () => {
  it("is the worst that was found", () => {
    expect(verdictOf([found("good"), found("bad"), found("note")])).toBe("bad");
    expect(verdictOf([found("good"), found("note")])).toBe("note");
    expect(verdictOf([found("good")])).toBe("good");
  });
});

describe("a sentence of the doctor", () => {
  it("is recognised with what it names", () => {
    expect(recognised("The portal acme.bitrix24.ru accepts the webhook.")).toEqual({
      key: "accepted",
      facts: { host: "acme.bitrix24.ru" },
    });
    expect(
      recognised("Our clock and the portal's differ by 149 s. Copies stay right, since …"),
    ).toEqual({ key: "clockOff", facts: { seconds: "149" } });
  });

  it("that is not known is left as it is", () => {
    expect(recognised("Something new.")).toBeNull();
  });
});
