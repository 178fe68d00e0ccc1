/**
 * What went wrong, in the reader's language.
 *
 * The English sentences are the server's own; every error and every finding comes with its code and
 * with what it names, and other languages tell them from those.
 */
import i18next from "i18next";
import { useTranslation } from "react-i18next";

const TEXTS = "errors";
// "What happened: what helps.", as all sentences are made.
const HALVES = /:\s|\.\s/;

export interface Told {
  code: string;
  /** In English, as the server says it. */
  message: string;
  facts: Readonly<Record<string, unknown>>;
}

export interface Texts {
  sentence?: Record<string, string>;
  finding?: Record<string, string>;
  /** Why rows are in quarantine. */
  reason?: Record<string, string>;
  /** What sentences name, where the server has words for it. */
  phrase?: Record<string, string>;
}

function textsIn(language: string): Texts {
  return (i18next.getResourceBundle(language, TEXTS) as Texts | undefined) ?? {};
}

function worded(fact: unknown, phrases: Record<string, string>): string {
  if (Array.isArray(fact)) return fact.map((each) => worded(each, phrases)).join(", ");
  const word = String(fact);
  return phrases[word] ?? patterned(word, phrases) ?? word;
}

/** A phrase with names in it, `there is no table "{}"`; the names come in the same order. */
function patterned(word: string, phrases: Record<string, string>): string | null {
  for (const [english, ours] of Object.entries(phrases)) {
    if (!english.includes("{}")) continue;
    const parts = english.split("{}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    // So little text of its own fits much: the names have no spaces then.
    const name = parts.join("").length < 14 ? "(\\S+)" : "(.+)";
    const names = new RegExp(`^${parts.join(name)}$`, "s").exec(word)?.slice(1);
    if (names) return names.reduce((said, name) => said.replace("{}", () => name), ours);
  }
  return null;
}

/** The sentence with what it names; null when there is none, or a name is missing. */
function filled(
  template: string | undefined,
  facts: Told["facts"],
  phrases: Record<string, string>,
): string | null {
  const names = [...(template ?? "").matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? "");
  if (!template || names.some((name) => facts[name] === undefined)) return null;
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => worded(facts[name], phrases));
}

/** An error's whole sentence. */
export function sentenceOf({ code, message, facts }: Told, texts: Texts): string {
  return filled(texts.sentence?.[code], facts, texts.phrase ?? {}) ?? message;
}

/** Why a row could not be stored. */
export function reasonOf({ code, message, facts }: Told, texts: Texts): string {
  return filled(texts.reason?.[code], facts, texts.phrase ?? {}) ?? message;
}

/** What happened, and what helps; the second is empty when the sentence names nothing. */
export function halvesOf(
  told: Told & { remedy: string | null },
  texts: Texts,
): { what: string; remedy: string } {
  const template = texts.sentence?.[told.code];
  const at = template ? template.search(HALVES) : -1;
  const phrases = texts.phrase ?? {};
  if (template && at > 0) {
    const what = filled(template.slice(0, at), told.facts, phrases);
    const remedy = filled(template.slice(at + 1).trim(), told.facts, phrases);
    // A sentence that ends with its reason names no remedy.
    if (what && remedy && told.remedy) return { what: `${what}.`, remedy: capital(remedy) };
  }
  const whole = sentenceOf(told, texts);
  const rest = told.remedy ? whole.length - told.remedy.length : -1;
  if (told.remedy && rest > 0 && capital(whole.slice(rest)) === told.remedy) {
    return { what: whole.slice(0, rest).replace(/[:.]\s*$/, "."), remedy: told.remedy };
  }
  return { what: whole, remedy: "" };
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** A failed request's sentence; its texts are loaded with the first failure. */
export async function saidNow(told: Told): Promise<string> {
  await i18next.loadNamespaces(TEXTS);
  return sentenceOf(told, textsIn(i18next.language));
}

/** Says errors that were kept, and what the doctor found, and says them anew in another language. */
export function useSentences() {
  const { language } = useTranslation(TEXTS).i18n;
  const texts = textsIn(language);
  return {
    whole: (told: Told) => sentenceOf(told, texts),
    halves: (told: Told & { remedy: string | null }) => halvesOf(told, texts),
    reason: (told: Told) => reasonOf(told, texts),
    /** A reason that is part of a sentence, or stands beside a field. */
    phrase: (words: string) => worded(words, texts.phrase ?? {}),
    /** A finding is one of the doctor's sentences, or an error. */
    found: ({ code, sentence, facts }: { code: string; sentence: string; facts: Told["facts"] }) =>
      filled(texts.finding?.[code], facts, texts.phrase ?? {}) ??
      sentenceOf({ code, message: sentence, facts }, texts),
  };
}
