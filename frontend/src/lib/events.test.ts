import type { TFunction } from "i18next";
import { describe, expect, it } from "vitest";
import { happened, objectOf } from "./events";

const t = ((key: string, { name = "" } = {}) =>
  key === "event.other" ? name : key.replace("event.", "")) as unknown as TFunction;

describe("an event of the portal", () => {
  it("says what happened to a record or to a field", () => {
    expect(happened("ONCRMDEALUPDATE", t)).toBe("UPDATE");
    expect(happened("ONCRMDYNAMICITEMADD_177", t)).toBe("ADD");
    expect(happened("ONCRMDEALUSERFIELDADD", t)).toBe("field: ADD");
    expect(happened("ONCRMLEADUSERFIELDSETENUMVALUES", t)).toBe("field: UPDATE");
    expect(happened("ONAPPTEST", t)).toBe("ONAPPTEST");
  });

  it("names its object as we do", () => {
    expect(objectOf("CRM_DEAL")).toBe("deal");
    expect(objectOf("dynamic_177")).toBe("dynamic_177");
  });
});
