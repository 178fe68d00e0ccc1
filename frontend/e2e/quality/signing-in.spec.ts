import AxeBuilder from "@axe-core/playwright";
import { LANGUAGES, SCHEMES, settled, speak } from "../settings";
import { expect, test } from "../world";

test.use({ auth: true });

test("the sign-in is accessible, in both themes and languages", async ({ page }) => {
  for (const language of LANGUAGES) {
    await speak(page, language);
    await page.goto("/");
    for (const scheme of SCHEMES) {
      await page.emulateMedia({ colorScheme: scheme });
      await settled(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect.soft(violations, `${language}, ${scheme}`).toEqual([]);
    }
  }
});
