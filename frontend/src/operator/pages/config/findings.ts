import type { Finding } from "@/api/types";

/** The worst finding is what counts. */
export function verdictOf(findings: readonly Finding[]): Finding["level"] {
  const levels = ["bad", "note"] as const;
  return levels.find((level) => findings.some((found) => found.level === level)) ?? "good";
}
