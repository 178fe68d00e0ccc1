import { describe, expect, it } from "vitest";
import { formatAgo, formatDuration, formatMoney, formatPercent, momentOf } from "./formats";
import { preferredLanguage } from "./i18n";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("formats", () => {
  it("reads a moment without a zone as UTC", () => {
    expect(momentOf("2026-11-24T10:00:00").toISOString()).toBe("2026-11-24T10:00:00.000Z");
    expect(momentOf("2026-11-24T10:00:00+03:00").toISOString()).toBe("2026-11-24T07:00:00.000Z");
  });

  it("writes money as each language does and keeps what is no number", () => {
    expect(plain(formatMoney("1234567.5", "RUB", "ru"))).toBe("1 234 567,50 ₽");
    expect(plain(formatMoney("1200", "USD", "en"))).toBe("$1,200");
    expect(formatMoney("n/a", "RUB", "ru")).toBe("n/a");
    expect(plain(formatMoney(5, "credits", "en"))).toBe("5 credits");
  });

  it("tells durations in two units at most", () => {
    expect(plain(formatDuration(3_905, "en"))).toBe("1 hr 5 min");
    expect(plain(formatDuration(45, "ru"))).toBe("45 с");
    expect(plain(formatDuration(0, "en"))).toBe("0 sec");
    expect(plain(formatDuration(3_600, "en"))).toBe("1 hr");
  });

  it("tells how long ago in the largest unit that fits", () => {
    const now = new Date("2026-11-24T10:00:00Z");
    expect(formatAgo("2026-11-24T09:58:00", "en", now)).toBe("2 minutes ago");
    expect(formatAgo("2026-11-24T10:00:00", "ru", now)).toBe("сейчас");
    expect(plain(formatPercent(0.125, "ru"))).toBe("12,5 %");
  });
});

describe("language", () => {
  it("is the stored one, else the browser's, else English", () => {
    expect(preferredLanguage("en", ["ru-RU"])).toBe("en");
    expect(preferredLanguage(null, ["de-DE", "ru-RU"])).toBe("ru");
    expect(preferredLanguage("xx", ["fr"])).toBe("en");
  });
});
