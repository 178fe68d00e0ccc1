import { expect, test } from "../world";

test("a difference is found, shown side by side, and repaired", async ({ page, world }) => {
  await world.copied("deal");
  const [[right] = []] = await world.sql("SELECT title FROM crm_deals WHERE id = 7");
  await world.sql("UPDATE crm_deals SET title = 'Planted by hand' WHERE id = 7");
  await page.goto("/validation?object=deal");

  await page.getByRole("button", { name: /^Compare/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: /Every row, field by field/ }).check();
  await dialog.getByRole("button", { name: "Start comparing" }).click();

  const row = page.getByRole("article").filter({ hasText: "Row 7" });
  await expect(row.getByRole("cell", { name: "Planted by hand" })).toBeVisible();
  await expect(row.getByRole("cell", { name: String(right) })).toBeVisible();

  await page.getByRole("button", { name: "Repair 1 row" }).click();
  await expect(row.getByText("repaired", { exact: true })).toBeVisible();
  expect(await world.sql("SELECT title FROM crm_deals WHERE id = 7")).toEqual([[right]]);
});
