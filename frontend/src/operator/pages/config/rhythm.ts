import type { EntityConfig } from "@/api/types";

/** What the form of one object holds; numbers may be empty while somebody types. */
export interface ObjectForm {
  rhythm: "default" | "interval" | "cron";
  interval: number | "";
  cron: string;
  timezone: string;
  deleteMode: EntityConfig["delete_mode"];
  history: boolean;
  lookback: number | "";
  columns: EntityConfig["columns"];
}

export type FieldProblems = Partial<Record<"interval" | "cron" | "timezone" | "lookback", string>>;

const LONGEST_INTERVAL = 100_000;
const LONGEST_LOOKBACK = 10_080;

export function formOf(config: EntityConfig, defaultInterval: number): ObjectForm {
  return {
    rhythm: config.cron ? "cron" : config.interval_minutes ? "interval" : "default",
    interval: config.interval_minutes ?? defaultInterval,
    cron: config.cron ?? "*/30 8-20 * * 1-5",
    timezone: config.timezone,
    deleteMode: config.delete_mode,
    history: config.history,
    lookback: config.lookback_minutes,
    columns: config.columns,
  };
}

/** What the form changes; nothing is sent that stays as it is. */
export function changeOf(form: ObjectForm, config: EntityConfig): Partial<EntityConfig> {
  const wanted: Partial<EntityConfig> = {
    interval_minutes: form.rhythm === "interval" ? Number(form.interval) : null,
    cron: form.rhythm === "cron" ? form.cron.trim() : null,
    ...(form.rhythm === "cron" ? { timezone: form.timezone } : {}),
    delete_mode: form.deleteMode,
    history: form.history,
    lookback_minutes: Number(form.lookback),
    columns: form.columns,
  };
  const changed = Object.entries(wanted).filter(
    ([name, value]) => ordered(value) !== ordered(config[name as keyof EntityConfig]),
  );
  return Object.fromEntries(changed);
}

function ordered(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return JSON.stringify(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What can be told without asking the server: the name of a text for each field. */
export function problemsIn(form: ObjectForm): FieldProblems {
  const problems: FieldProblems = {};
  if (form.rhythm === "interval" && !within(form.interval, 1, LONGEST_INTERVAL))
    problems.interval = "problem.interval";
  if (form.rhythm === "cron" && form.cron.trim().split(/\s+/).length !== 5)
    problems.cron = "problem.cron";
  if (!within(form.lookback, 0, LONGEST_LOOKBACK)) problems.lookback = "problem.lookback";
  return problems;
}

const within = (value: number | "", least: number, most: number): boolean =>
  value !== "" && Number.isInteger(value) && value >= least && value <= most;

/**
 * What the server said of the fields of a request, by the field's name.
 *
 * It names them `body.entities.deal.interval_minutes` or `entities.deal.columns.phone`.
 */
export function refusalsOf(detail: unknown, entity: string): Record<string, string> {
  const listed = Array.isArray(detail)
    ? detail
    : ((detail as { problems?: unknown } | null)?.problems ?? []);
  const refusals: Record<string, string> = {};
  for (const one of Array.isArray(listed) ? listed : []) {
    const { field, problem } = one as { field?: unknown; problem?: unknown };
    if (typeof field !== "string" || typeof problem !== "string") continue;
    const named = field.replace(/^body\./, "").replace(`entities.${entity}`, "");
    refusals[named.replace(/^\./, "")] = problem;
  }
  return refusals;
}
