import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { LANGUAGES, SCHEMES, SCREENS, settled, speak } from "../settings";
import { busyInstallation } from "../stories";
import { test } from "../world";

const FOLDER = fileURLToPath(new URL("../../screenshots/", import.meta.url));
const WIDTHS = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const ONLY = process.env.SCREEN;

test.use({ deals: 800, only: [] });
test.setTimeout(1_200_000);
mkdirSync(FOLDER, { recursive: true });

const nameOf = (screen: string) => screen.slice(1).replaceAll(/[^a-z0-9]+/g, "-") || "dashboard";

/** The whole height of a page in one picture. */
async function take(page: Page, name: string): Promise<void> {
  await settled(page);
  await page.waitForTimeout(400);
  // What lies over a page covers the window only.
  const fullPage = (await page.getByRole("dialog").count()) === 0;
  await page.screenshot({ path: `${FOLDER}${name}.png`, fullPage, animations: "disabled" });
}

for (const language of LANGUAGES) {
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    test(`pictures in ${language} for a ${width}`, async ({ page, world }) => {
      const story = await busyInstallation(world);
      await page.setViewportSize(viewport);
      await speak(page, language);
      const screens = [...SCREENS, `/monitoring?run=${story.run}`];
      for (const screen of screens.filter((one) => !ONLY || nameOf(one).includes(ONLY))) {
        await page.goto(screen);
        for (const scheme of SCHEMES) {
          await page.emulateMedia({ colorScheme: scheme });
          await take(page, `${nameOf(screen)}.${language}.${scheme}.${width}`);
        }
      }
    });
  }
}
