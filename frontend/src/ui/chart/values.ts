import {
  formatCompact,
  formatDuration,
  formatMoney,
  formatNumber,
  formatPercent,
  momentOf,
} from "@/lib/formats";
import { toNumber } from "./series";

/** Write a value as its column's format says. */
export function written(
  value: unknown,
  format: string,
  language: string,
  currency?: string,
): string {
  if (value === null || value === undefined) return "—";
  const number = toNumber(value);
  if (format === "date") return day(String(value), language);
  if (format === "datetime") return momentOf(String(value)).toLocaleString(language);
  if (number === null || format === "text") return String(value);
  if (format === "money" && currency) return formatMoney(number, currency, language);
  if (format === "percent") return formatPercent(number / 100, language);
  if (format === "duration") return formatDuration(number, language);
  return formatNumber(number, language, format === "integer" ? 0 : 2);
}

/** The short form for an axis. */
export function onAxis(value: unknown, format: string, language: string): string {
  const number = toNumber(value);
  if (number === null) return String(value);
  if (format === "percent") return formatPercent(number / 100, language, 0);
  if (format === "duration") return formatDuration(number, language);
  return formatCompact(number, language);
}

const GRAINS: Record<string, Intl.DateTimeFormatOptions> = {
  day: { day: "numeric", month: "short" },
  week: { day: "numeric", month: "short" },
  month: { month: "short", year: "numeric" },
  year: { year: "numeric" },
};

/** A step of a time axis: `Q1 2026`, `Feb 2026`, `3 Feb`. */
export function step(value: string, grain: string, language: string): string {
  const date = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return value;
  if (grain === "quarter") {
    const quarter = Math.floor(date.getUTCMonth() / 3) + 1;
    return `${language === "ru" ? "кв." : "Q"}${quarter} ${date.getUTCFullYear()}`;
  }
  const options = GRAINS[grain] ?? { dateStyle: "medium" };
  return new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" }).format(date);
}

function day(value: string, language: string): string {
  return step(value, "none", language);
}

/** A name below a bar: its first word, then the others, each cut to what has room. */
export function inTwoLines(name: string, letters: number): string[] {
  const [first = "", ...others] = name.length > letters ? name.split(" ") : [name];
  return [first, others.join(" ")].filter(Boolean).map((line) => short(line, letters));
}

function short(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, letters - 1).trimEnd()}…` : text;
}
