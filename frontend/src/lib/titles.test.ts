import { describe, expect, it } from "vitest";
import { titleIn } from "./titles";

describe("the name of an object", () => {
  it("is the half in the reader's language", () => {
    expect(titleIn("Сделки / Deals", "ru")).toBe("Сделки");
    expect(titleIn("Сделки / Deals", "en")).toBe("Deals");
  });

  it("keeps what people called the smart process", () => {
    expect(titleIn("Проекты: воронки / funnels", "ru")).toBe("Проекты: воронки");
    expect(titleIn("Проекты: воронки / funnels", "en")).toBe("Проекты: funnels");
    expect(titleIn("Телефоны / Phones: Люди / People", "en")).toBe("Phones: People");
  });

  it("stays whole when it was given in one language, or has slashes of its own", () => {
    expect(titleIn("Equipment requests", "ru")).toBe("Equipment requests");
    expect(titleIn("A / B / C", "en")).toBe("A / B / C");
  });
});
