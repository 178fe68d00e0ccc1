import type { Page } from "@playwright/test";
import { expect, test } from "../world";

test.use({ auth: true });

async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("whoever may only look cannot change anything", async ({ page, world }) => {
  await page.goto("/");
  await signIn(page, "viewer", world.places.password);
  await expect(page.getByRole("article", { name: "Deals", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: /Sync now|Copy now/ })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Start the copy" })).toHaveCount(0);

  await page.getByRole("link", { name: "AI Charts" }).click();
  await expect(page.getByRole("heading", { name: "Saved charts" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Draw" })).toHaveCount(0);

  for (const path of ["sync/start/deal", "validation/start/deal", "charts/build"]) {
    const answer = await page.request.post(`${world.places.url}/api/v1/${path}`, {
      data: {},
      headers: { Origin: world.places.url },
    });
    expect([path, answer.status()]).toEqual([path, 403]);
  }
  expect(await world.sql("SELECT count(*) FROM sync_log")).toEqual([[0]]);
});

test("a wrong password is refused in words", async ({ page }) => {
  await page.goto("/");
  await signIn(page, "viewer", "not the password");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
});

test("when a session ends one signs in and is where one was", async ({ page, world, context }) => {
  await page.goto("/monitoring?tab=events");
  await signIn(page, "operator", world.places.password);
  await expect(page.getByRole("tab", { name: "Events", selected: true })).toBeVisible();

  await context.clearCookies();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await signIn(page, "operator", world.places.password);

  await expect(page.getByRole("tab", { name: "Events", selected: true })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/monitoring");
});
