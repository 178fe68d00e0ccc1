import { expect, test } from "../world";

const QUESTION = "Deals by stage, for the browser's test";

test("a question becomes a chart, is changed, kept and pinned", async ({ page, world }) => {
  await world.copied("deal");
  await page.goto("/charts");
  await page.getByRole("textbox", { name: "What shall we show?" }).fill(QUESTION);
  await page.getByRole("button", { name: "Draw" }).click();

  const title = page.getByRole("textbox", { name: "Title of the chart" });
  await expect(title).toHaveValue("Deals by stage");
  await expect(page.getByRole("img", { name: /Deals by stage/ })).toBeVisible();

  await page.getByRole("button", { name: "SQL query" }).click();
  await page.getByRole("textbox", { name: "SQL query" }).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" LIMIT 3");
  await expect(page.getByText("The query can be run")).toBeVisible();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("img", { name: "Chart “Deals by stage”, points: 3" })).toBeVisible();

  await page.getByRole("button", { name: "Save", exact: true }).click();
  const saved = page.getByRole("article", { name: "Deals by stage" });
  await saved.getByRole("button", { name: "Pin to the dashboard" }).click();
  await expect(saved.getByRole("button", { name: "Unpin" })).toBeVisible();

  await page.getByRole("link", { name: "Dashboard" }).click();
  const pinned = page.getByRole("region", { name: "Pinned charts" });
  await expect(pinned.getByRole("img", { name: /Deals by stage.*points: 3/ })).toBeVisible();
});

test("a query that changes anything is refused while it is written", async ({ page, world }) => {
  await world.copied("deal");
  await page.goto("/charts");
  await page.getByRole("tab", { name: "SQL" }).click();
  await page.getByRole("textbox", { name: "SQL query" }).click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("DELETE FROM crm_deals");
  await expect(page.getByRole("status").filter({ hasText: /SELECT/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeDisabled();
});
