import type { TFunction } from "i18next";
import { formatNumber } from "./formats";

interface TimelineLine {
  kind: string;
  facts: Record<string, unknown>;
}

const pairs = (value: unknown, language: string): string =>
  Object.entries((value ?? {}) as Record<string, number>)
    .map(([name, count]) => `${name}: ${formatNumber(Number(count), language, 1)}`)
    .join(", ");

/** What one line of a run's timeline says. */
export function lineText(line: TimelineLine, t: TFunction, language: string): string {
  const { facts } = line;
  const number = (name: string) => formatNumber(Number(facts[name] ?? 0), language);
  switch (line.kind) {
    case "phase":
      return t(`phase.${String(facts.phase)}`, { defaultValue: String(facts.phase) });
    case "pages":
      return t("timeline.pages", { rows: number("rows"), calls: number("calls") });
    case "wait":
      return t("timeline.wait", { what: pairs(facts.seconds, language) });
    case "retry":
      return t("timeline.retry", { what: pairs(facts.troubles, language) });
    case "error":
      return t("timeline.error", { what: String(facts.message ?? facts.code ?? "") });
    default:
      if (typeof facts.ended === "string") {
        return t(`timeline.ended.${facts.ended}`, { defaultValue: facts.ended });
      }
      if (typeof facts.audit === "string") {
        return t("timeline.audit", { calls: number("http_calls") });
      }
      return Object.entries(facts)
        .map(([name, value]) => `${name}: ${String(value)}`)
        .join(", ");
  }
}
