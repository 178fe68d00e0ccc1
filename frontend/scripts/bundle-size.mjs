// Fails when the JavaScript a first visit needs grows over its budget.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 200;
const dist = new URL("../dist/", import.meta.url).pathname;
const html = readFileSync(join(dist, "operator.html"), "utf8");
const scripts = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(
  (found) => found[1],
);
const total = scripts.reduce(
  (sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length,
  0,
);
const kb = total / 1024;
process.stdout.write(
  `first screen: ${kb.toFixed(1)} kB of JavaScript (gzip), budget ${BUDGET_KB}\n`,
);
if (scripts.length === 0 || kb > BUDGET_KB) process.exit(1);
