import { expect, test } from "../world";

test("a new installation is led to its first rows", async ({ page, world }) => {
  await page.goto("/");
  const steps = page.locator("section").filter({ hasText: "First steps" });
  await expect(steps.getByRole("img", { name: "done" })).toHaveCount(2);

  await steps.getByRole("button", { name: "Start the copy" }).click();

  const deals = page.getByRole("article", { name: "Deals", exact: true });
  await expect(deals.getByText("300", { exact: true })).toHaveCount(2);
  await expect(deals.getByText("fresh")).toBeVisible();
  await expect(steps.getByRole("img", { name: "done" })).toHaveCount(3);
  expect(await world.sql("SELECT count(*) FROM crm_deals")).toEqual([[300]]);
});

test("a full copy is watched live, and stopped", async ({ page, world }) => {
  await world.copied("deal");
  await world.portal("POST", "faults", { kind: "slow", seconds: 5 });
  await page.goto("/");
  const deals = page.getByRole("article", { name: "Deals", exact: true });

  await deals.getByRole("button", { name: "Other ways to sync" }).click();
  await page.getByRole("menuitem", { name: "Copy everything again" }).click();
  await expect(deals.getByText(/^(Queued|Preparing|Copying)/)).toBeVisible();
  await deals.getByRole("button", { name: "Stop" }).click();

  await expect(deals.getByRole("button", { name: "Sync now" })).toBeVisible();
  await page.goto("/monitoring");
  await expect(page.getByRole("row", { name: /Deals full stopped/ })).toBeVisible();
  await world.portal("DELETE", "faults");
});

test("an edit in the portal arrives by itself", async ({ page, world }) => {
  await world.copied("deal");
  await world.sendEvents();
  await page.goto("/");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();

  await world.portal("PATCH", "records/deal/5", { fields: { TITLE: "Edited in the portal" } });

  await expect(page.getByRole("log").getByText("Deals · 5")).toBeVisible();
  await expect
    .poll(() => world.sql("SELECT title FROM crm_deals WHERE id = 5"))
    .toEqual([["Edited in the portal"]]);
  await page.goto("/monitoring?tab=events");
  await expect(
    page.getByRole("row", { name: /ONCRMDEALUPDATE Deals · 5 .* stored/ }),
  ).toBeVisible();
});

test("a new field of the portal becomes a column, and is told", async ({ page, world }) => {
  await world.copied("deal");
  await world.sendEvents();
  await page.goto("/monitoring?tab=schema");
  await world.portal("POST", "fields/deal", { code: "UF_CRM_BROWSER", label: "Region" });
  await expect(page.getByText("Column uf_crm_browser was added")).toBeVisible();
  await page.goto("/schema?tab=tables&table=crm_deals");
  await expect(page.getByText("uf_crm_browser", { exact: true }).first()).toBeVisible();
});
