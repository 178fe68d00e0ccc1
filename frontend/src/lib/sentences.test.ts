import { describe, expect, it } from "vitest";
import { halvesOf, sentenceOf, type Texts } from "./sentences";

const TEXTS: Texts = {
  sentence: {
    PortalUnreachable: "Портал {{host}} недоступен ({{reason}}): проверьте адрес и сеть.",
    PortalError: "Портал отказал методу {{method}}: {{reason}}.",
    UnknownEntity: "Объекта «{{entity}}» нет: выберите один из {{known}}.",
  },
  phrase: {
    "no connection": "нет соединения",
    'the table "{}" has no column "{}"': "в таблице «{}» нет столбца «{}»",
  },
};
const unreachable = {
  code: "PortalUnreachable",
  message: "The portal a.b cannot be reached (no connection): check the address and the network.",
  facts: { host: "a.b", reason: "no connection" },
  remedy: "Check the address and the network.",
};

describe("the sentence of an error", () => {
  it("is told by its code, with what it names in words of the language", () => {
    expect(sentenceOf(unreachable, TEXTS)).toBe(
      "Портал a.b недоступен (нет соединения): проверьте адрес и сеть.",
    );
    const facts = { entity: "dael", known: ["deal", "lead"] };
    expect(sentenceOf({ code: "UnknownEntity", message: "", facts }, TEXTS)).toBe(
      "Объекта «dael» нет: выберите один из deal, lead.",
    );
  });

  it("finds the names in a reason and says the rest", () => {
    const facts = { method: "x", reason: 'the table "a (b)" has no column "$&"' };
    expect(sentenceOf({ code: "PortalError", message: "", facts }, TEXTS)).toBe(
      "Портал отказал методу x: в таблице «a (b)» нет столбца «$&».",
    );
  });

  it("stays the server's when the language has none, or what it names is not known", () => {
    expect(sentenceOf(unreachable, {})).toBe(unreachable.message);
    expect(sentenceOf({ ...unreachable, facts: {} }, TEXTS)).toBe(unreachable.message);
    expect(sentenceOf({ code: "New", message: "Brand new.", facts: {} }, TEXTS)).toBe("Brand new.");
  });
});

describe("what happened and what helps", () => {
  it("are told apart in every language", () => {
    expect(halvesOf(unreachable, TEXTS)).toEqual({
      what: "Портал a.b недоступен (нет соединения).",
      remedy: "Проверьте адрес и сеть.",
    });
    expect(halvesOf(unreachable, {})).toEqual({
      what: "The portal a.b cannot be reached (no connection).",
      remedy: "Check the address and the network.",
    });
  });

  it("are one where nothing helps", () => {
    const refused = {
      code: "PortalError",
      message: "The portal refused crm.deal.list: because: so.",
      facts: { method: "crm.deal.list", reason: "because: so" },
      remedy: null,
    };
    expect(halvesOf(refused, TEXTS)).toEqual({
      what: "Портал отказал методу crm.deal.list: because: so.",
      remedy: "",
    });
    expect(halvesOf(refused, {})).toEqual({ what: refused.message, remedy: "" });
  });
});
