import type { TFunction } from "i18next";
import { formatNumber } from "./formats";
import type { Told } from "./sentences";

interface TimelineLine {
  kind: string;
  facts: Record<string, unknown>;
}

const pairs = (value: unknown, language: string): string =>
  Object.entries((value ?? {}) as Record<string, number>)
    .map(([name, count]) => `${name}: ${formatNumber(Number(count), language, 1)}`)
    .join(", ");

interface Reader {
  t: TFunction;
  language: string;
  say: (told: Told) => string;
}

/** What one line of a run's timeline says. */
export function lineText(line: TimelineLine, { t, language, say }: Reader): string {
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
      return t("timeline.error", { what: say(errorIn(facts)) });
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

function errorIn({ code, message, facts }: Record<string, unknown>): Told {
  return {
    code: String(code ?? ""),
    message: String(message ?? code ?? ""),
    facts: (facts ?? {}) as Told["facts"],
  };
}
