import type { Finding } from "@/api/types";

/** The worst finding is what counts. */
export function verdictOf(findings: readonly Finding[]): Finding["level"] {
  const levels = ["bad", "note"] as const;
  return levels.find((level) => findings.some((found) => found.level === level)) ?? "good";
}

interface Told {
  /** The name of a text, and what it names in braces. */
  key: string;
  facts: Record<string, string>;
}

const SENTENCES: readonly [string, RegExp][] = [
  ["accepted", /^The portal (?<host>\S+) accepts the webhook\.$/],
  ["admin", /^The webhook's owner is an administrator\.$/],
  ["notAdmin", /^The webhook's owner is not an administrator: /],
  ["scope", /^The webhook has the permission "(?<scope>[^"]+)"\.$/],
  ["noScope", /^The webhook lacks the permission "(?<scope>[^"]+)"/],
  ["lacking", /^Not permitted, so not copied: (?<what>.+)\.$/],
  ["clock", /^Our clock and the portal's agree\.$/],
  ["clockOff", /^Our clock and the portal's differ by (?<seconds>\d+) s\./],
  ["deals", /^Deals can be read\.$/],
  ["smart", /^The portal has (?<count>\d+) smart processes: (?<names>.+)\.$/],
  ["noSmart", /^The portal has 0 smart processes\.$/],
  ["smartHidden", /^The portal does not list its smart processes/],
  ["database", /^The database answers: (?<version>.+)\.$/],
  ["tables", /^Tables can be created, widened and filled\.$/],
  ["texts", /^Every letter and emoji is kept\.$/],
  ["textsBad", /^The database changes letters or emoji/],
  ["infile", /^LOAD DATA LOCAL is allowed\.$/],
  ["infileOff", /^LOAD DATA LOCAL is off/],
];

/** Which of the doctor's sentences this is, to be said in the reader's language; null: another. */
export function recognised(sentence: string): Told | null {
  for (const [key, pattern] of SENTENCES) {
    const match = pattern.exec(sentence);
    if (match) return { key, facts: { ...match.groups } };
  }
  return null;
}
