import { accessSync, constants } from "node:fs";
import { defineConfig, devices } from "@playwright/test";
import type { WorldOptions } from "./e2e/world";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
const patience = 120_000;

try {
  accessSync(chromium, constants.X_OK);
} catch {
  throw new Error(
    `The browser's tests need Chromium at ${chromium}: install Debian's package chromium ` +
      "(`make test` as root does it), or set CHROMIUM.",
  );
}

export default defineConfig<object, WorldOptions>({
  testDir: "e2e",
  outputDir: "test-results",
  // The machine may be busy: these are for what hangs, nothing is proven by time.
  timeout: 2 * patience,
  expect: { timeout: 60_000 },
  // A second failure is none of the machine's; a journey that needed it is reported as flaky.
  retries: 1,
  workers: 2,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/Moscow",
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    launchOptions: {
      executablePath: chromium,
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    },
  },
  projects: [
    { name: "journeys", testDir: "e2e/journeys" },
    { name: "quality", testDir: "e2e/quality" },
    { name: "pictures", testDir: "e2e/pictures" },
  ],
});
