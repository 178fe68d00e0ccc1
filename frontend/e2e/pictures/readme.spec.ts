import { fileURLToPath } from "node:url";
import { settled, speak } from "../settings";
import { busyInstallation } from "../stories";
import { test } from "../world";

const FOLDER = fileURLToPath(new URL("../../screenshots/", import.meta.url));

test.use({ deals: 800, only: [] });
test.setTimeout(600_000);

test("the two pictures of the README", async ({ page, world }) => {
  await busyInstallation(world);
  await speak(page, "en");
  await page.setViewportSize({ width: 1200, height: 750 });
  await page.goto("/");
  await settled(page);
  await page.waitForTimeout(1000);
  await page.screenshot({ path: `${FOLDER}readme-dashboard.png`, animations: "disabled" });

  await page.goto("/charts");
  await page.getByRole("textbox", { name: "What shall we show?" }).fill("Won deals by month");
  await page.getByRole("button", { name: "Draw" }).click();
  await page.getByRole("textbox", { name: "Title of the chart" }).waitFor();
  await settled(page);
  await page.getByRole("textbox", { name: "What shall we show?" }).scrollIntoViewIfNeeded();
  await page.waitForTimeout(1000);
  await page.screenshot({ path: `${FOLDER}readme-charts.png`, animations: "disabled" });
});
