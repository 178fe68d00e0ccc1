import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { LANGUAGES, SCHEMES, SCREENS, type Scheme, settled, speak } from "../settings";
import { busyInstallation } from "../stories";
import { expect, test } from "../world";

test.use({ deals: 150 });
test.setTimeout(1_800_000);
// Each language in a process and an installation of its own.
test.describe.configure({ mode: "parallel" });

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
// A theme changes colours alone: what has been checked in the first one is not checked again.
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** What is wrong, in words that find the place. */
async function violations(page: Page, scheme: Scheme): Promise<string[]> {
  // No frames are in these pages, and what passes is not looked at: both cost most of the time.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  const chosen = scheme === SCHEMES[0] ? axe.withTags(RULES) : axe.withRules(OF_COLOURS);
  const { violations: found } = await chosen.analyze();
  return found.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)}`),
  );
}

for (const language of LANGUAGES) {
  test(`every screen is accessible, in both themes, in ${language}`, async ({ page, world }) => {
    const { run } = await busyInstallation(world);
    await speak(page, language);
    for (const screen of [...SCREENS, `/monitoring?run=${run}`]) {
      await page.goto(screen);
      for (const scheme of SCHEMES) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
        await settled(page);
        expect.soft(await violations(page, scheme), `${screen}, ${scheme}`).toEqual([]);
      }
    }
  });
}

test("no screen scrolls sideways on the narrowest phone", async ({ page, world }) => {
  const { run } = await busyInstallation(world);
  await speak(page, "ru");
  await page.setViewportSize({ width: 360, height: 780 });
  for (const screen of [...SCREENS, `/monitoring?run=${run}`]) {
    await page.goto(screen);
    await settled(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect.soft(width, screen).toBeLessThanOrEqual(360);
  }
});
