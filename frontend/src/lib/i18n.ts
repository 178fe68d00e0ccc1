import i18next, { type BackendModule, type ReadCallback } from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = ["ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const STORED = "bridge24.language";
const files = import.meta.glob<{ default: Record<string, unknown> }>("./locales/*/*.json");

// Only the texts of the open page, in the reader's language, are loaded.
const bundles: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language: string, namespace: string, done: ReadCallback) => {
    const load = files[`./locales/${language}/${namespace}.json`];
    if (!load) return done(new Error(`no texts: ${language}/${namespace}`), false);
    load().then(
      (texts) => done(null, texts.default),
      (error: unknown) => done(error as Error, false),
    );
  },
};

export function preferredLanguage(stored: string | null, browser: readonly string[]): Language {
  const wanted = [stored, ...browser].map((tag) => tag?.slice(0, 2).toLowerCase());
  return wanted.find((tag): tag is Language => LANGUAGES.includes(tag as Language)) ?? "en";
}

export async function startI18n(): Promise<void> {
  await i18next
    .use(bundles)
    .use(initReactI18next)
    .init({
      lng: preferredLanguage(localStorage.getItem(STORED), navigator.languages),
      fallbackLng: false,
      supportedLngs: [...LANGUAGES],
      ns: ["common"],
      defaultNS: "common",
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  document.documentElement.lang = i18next.language;
}

export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORED, language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}
