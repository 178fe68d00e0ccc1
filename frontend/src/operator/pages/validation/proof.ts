import type { Difference, Validation } from "@/api/types";

export type Verdict = "never" | "open" | "failed" | "equal" | "repaired" | "recent" | "different";

/** What a comparison has proved; differences that may be on their way are not held against it. */
export function verdictOf(validation: Validation | undefined): Verdict {
  if (!validation) return "never";
  if (validation.status === "failed") return "failed";
  if (validation.status !== "succeeded") return "open";
  const differing = validation.differing ?? 0;
  if (validation.repairs > 0 && differing > 0 && validation.unrepaired === 0) return "repaired";
  if (differing === 0 && validation.source_rows === validation.target_rows) return "equal";
  return differing > 0 && differing <= validation.recent ? "recent" : "different";
}

export const VERDICT_COLOR: Record<Verdict, string> = {
  never: "gray",
  open: "bridge",
  failed: "red",
  equal: "teal",
  repaired: "teal",
  recent: "yellow",
  different: "orange",
};

export interface DifferingRow {
  rowId: number;
  /** The whole row is here only, there only, …; null: single columns differ. */
  whole: Exclude<Difference["kind"], "value"> | null;
  columns: Difference[];
  repaired: boolean;
}

/** Put the differences of a row together, in the order in which they were found. */
export function byRow(differences: readonly Difference[]): DifferingRow[] {
  const rows = new Map<number, Difference[]>();
  for (const each of differences) rows.set(each.row_id, [...(rows.get(each.row_id) ?? []), each]);
  return [...rows].map(([rowId, found]) => ({
    rowId,
    whole: found.map((each) => each.kind).find((kind) => kind !== "value") ?? null,
    columns: found.filter((each) => each.column_name !== null),
    repaired: found.every((each) => each.repaired_at !== null),
  }));
}

/** A portal that suddenly has far fewer rows: only a person can say that they are really gone. */
export const needsAccepting = (validation: Validation): boolean =>
  validation.error_code === "TooManyMissing";
