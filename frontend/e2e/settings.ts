import type { Page } from "@playwright/test";

export type Language = "ru" | "en";
export type Scheme = "light" | "dark";

export const LANGUAGES: readonly Language[] = ["ru", "en"];
export const SCHEMES: readonly Scheme[] = ["light", "dark"];

/** Every screen with each of its tabs; the part of the address tells what it is. */
export const SCREENS = [
  "/",
  "/charts",
  "/monitoring",
  "/monitoring?tab=budget",
  "/monitoring?tab=events",
  "/monitoring?tab=queue",
  "/monitoring?tab=quarantine",
  "/monitoring?tab=schema",
  "/monitoring?tab=log",
  "/validation",
  "/validation?object=deal",
  "/validation?object=deal&tab=columns",
  "/schema",
  "/schema?tab=tables&table=crm_deals",
  "/schema?tab=relations",
  "/schema?tab=description",
  "/config",
  "/config?tab=objects",
  "/config?tab=objects&object=deal",
  "/config?tab=realtime",
  "/config?tab=ai",
  "/config?tab=users",
  "/config?tab=appearance",
  "/nowhere",
] as const;

/** The reader's choice of language, as the menu keeps it. */
export async function speak(page: Page, language: Language): Promise<void> {
  await page.addInitScript((chosen) => localStorage.setItem("bridge24.language", chosen), language);
}

/** Wait until a screen has all it shows: nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1, main form, main p").first().waitFor();
  await page.waitForFunction(
    () => document.querySelector(".mantine-Skeleton-root, .mantine-Loader-root") === null,
  );
  await page.evaluate(() => document.fonts.ready);
}
