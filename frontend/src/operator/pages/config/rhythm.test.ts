import { describe, expect, it } from "vitest";
import type { EntityConfig } from "@/api/types";
import { changeOf, formOf, problemsIn, refusalsOf } from "./rhythm";

const config: EntityConfig = {
  enabled: true,
  paused: false,
  interval_minutes: null,
  cron: null,
  timezone: "UTC",
  delete_mode: "soft",
  history: false,
  lookback_minutes: 10,
  columns: { phone: "mask", email: "hash" },
};

describe("the form of an object", () => {
  it("changes nothing when nothing was changed", () => {
    expect(changeOf(formOf(config, 10), config)).toEqual({});
  });

  it("does not take another order of columns for a change", () => {
    const form = { ...formOf(config, 10), columns: { email: "hash", phone: "mask" } as const };
    expect(changeOf(form, config)).toEqual({});
  });

  it("sends only what was changed", () => {
    const form = { ...formOf(config, 10), rhythm: "interval", interval: 5 } as const;
    expect(changeOf(form, config)).toEqual({ interval_minutes: 5 });
  });

  it("replaces a schedule by the common rhythm", () => {
    const scheduled = { ...config, cron: "0 * * * *", timezone: "Europe/Moscow" };
    const form = { ...formOf(scheduled, 10), rhythm: "default" } as const;
    expect(changeOf(form, scheduled)).toEqual({ cron: null });
  });

  it("knows what cannot be", () => {
    const form = formOf(config, 10);
    expect(problemsIn(form)).toEqual({});
    expect(problemsIn({ ...form, rhythm: "interval", interval: 0 })).toHaveProperty("interval");
    expect(problemsIn({ ...form, rhythm: "cron", cron: "x y" })).toHaveProperty("cron");
    expect(problemsIn({ ...form, lookback: "" })).toHaveProperty("lookback");
  });

  it("does not mind the fields of another rhythm", () => {
    expect(problemsIn({ ...formOf(config, 10), interval: "", cron: "" })).toEqual({});
  });
});

describe("a refusal of the server", () => {
  it("is found by the field, whoever refused", () => {
    const pydantic = [{ field: "body.entities.deal.interval_minutes", problem: "too small" }];
    expect(refusalsOf(pydantic, "deal")).toEqual({ interval_minutes: "too small" });
    const own = { field: "x", problems: [{ field: "entities.deal.columns.id", problem: "no" }] };
    expect(refusalsOf(own, "deal")).toEqual({ "columns.id": "no" });
  });

  it("without fields is none", () => {
    expect(refusalsOf(null, "deal")).toEqual({});
    expect(refusalsOf("text", "deal")).toEqual({});
  });
});
