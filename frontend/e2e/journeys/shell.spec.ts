import { expect, START_MS, test } from "../world";

test("the language is switched at once, and kept", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1, name: "Dashboard" })).toBeVisible();
  await page.getByRole("button", { name: "Русский" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Обзор" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "ru");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Обзор" })).toBeVisible();
});

test("the theme is chosen, and kept", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Dark theme" }).click();
  const root = page.locator("html");
  await expect(root).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.reload();
  await expect(root).toHaveAttribute("data-mantine-color-scheme", "dark");
});

test("a restart of the server is told, and survived", async ({ page, world }) => {
  test.setTimeout(2 * START_MS);
  await page.goto("/");
  await expect(page.getByRole("article", { name: "Deals", exact: true })).toBeVisible();
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await world.ask({ do: "stop" });
  await expect(page.getByText("Offline", { exact: true })).toBeVisible();
  const back = page.getByText("The server is back");
  // It is shown for some seconds only, and the server may take long to start.
  await Promise.all([world.ask({ do: "start" }), back.waitFor({ timeout: START_MS })]);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
});

test("everything of the shell is reached by keyboard", async ({ page, world }) => {
  await world.copied("deal");
  await page.goto("/");
  // The cards come after the page itself, and nobody walks to what is not there yet.
  for (const name of ["Sync now", "Pause"]) {
    await expect(page.getByRole("button", { name, exact: true }).first()).toBeVisible();
  }
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  const wanted = new Set([
    "RU: Русский",
    "Dark theme",
    "AI Charts",
    "Configuration",
    "Sync now",
    "Pause",
  ]);
  for (let steps = 0; steps < 60 && wanted.size > 0; steps += 1) {
    await page.keyboard.press("Tab");
    wanted.delete(
      await page.evaluate(() => {
        const it = document.activeElement;
        return (it?.getAttribute("aria-label") ?? it?.textContent ?? "").trim();
      }),
    );
  }
  expect([...wanted]).toEqual([]);
});
