/** Numbers, money, dates and durations as the reader's language writes them. */

export function formatNumber(value: number | bigint, language: string, digits = 0): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

export function formatCompact(value: number, language: string): string {
  return new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }).format(
    value,
  );
}

/** Takes the exact decimal text the API sends; falls back to it when it is no number. */
export function formatMoney(value: string | number, currency: string, language: string): string {
  const amount = Number(value);
  if (!Number.isFinite(amount)) return String(value);
  try {
    return new Intl.NumberFormat(language, {
      style: "currency",
      currency,
      maximumFractionDigits: Number.isInteger(amount) ? 0 : 2,
    }).format(amount);
  } catch {
    return `${formatNumber(amount, language, 2)} ${currency}`;
  }
}

/** A share between 0 and 1. */
export function formatPercent(share: number, language: string, digits = 1): string {
  return new Intl.NumberFormat(language, {
    style: "percent",
    maximumFractionDigits: digits,
  }).format(share);
}

/** The API tells moments in UTC, with or without the letter that says so. */
export function momentOf(told: string): Date {
  return new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(told) ? told : `${told}Z`);
}

export function formatMoment(told: string | Date, language: string, seconds = false): string {
  const moment = typeof told === "string" ? momentOf(told) : told;
  return new Intl.DateTimeFormat(language, {
    dateStyle: "medium",
    timeStyle: seconds ? "medium" : "short",
  }).format(moment);
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

export function formatAgo(told: string | Date, language: string, now: Date = new Date()): string {
  const moment = typeof told === "string" ? momentOf(told) : told;
  const seconds = Math.round((moment.getTime() - now.getTime()) / 1000);
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit);
  }
  return words.format(0, "second");
}

/** Two units at most: `1 h 5 min`, `45 sec`. */
export function formatDuration(seconds: number, language: string): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "day"],
    [Math.floor((whole % 86_400) / 3_600), "hour"],
    [Math.floor((whole % 3_600) / 60), "minute"],
    [whole % 60, "second"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? parts.slice(3) : parts.slice(first, first + 2);
  return shown
    .filter(([count], place) => count > 0 || place === 0)
    .map(([count, unit]) =>
      new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(count),
    )
    .join(" ");
}
