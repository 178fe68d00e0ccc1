// Fails when the JavaScript the first screen needs grows over its budget.
//
// The first screen is the dashboard: the entry, the dashboard's part, all they import before they
// can run, and the texts in one language. Pinned charts come after it, when there are any.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 200;
const LANGUAGES = ["ru", "en"];
const dist = new URL("../dist/", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const ROOTS = ["operator.html", "src/operator/pages/dashboard/DashboardPage.tsx"];

/** A part and all it imports statically. */
function needed(name, found = new Set()) {
  const part = manifest[name];
  if (!part) throw new Error(`the build has no ${name}`);
  if (found.has(name)) return found;
  found.add(name);
  for (const other of part.imports ?? []) needed(other, found);
  return found;
}

const texts = (language) =>
  ["common", "dashboard"].map((name) => `src/lib/locales/${language}/${name}.json`);

function sizeIn(language) {
  const parts = new Set();
  for (const name of [...ROOTS, ...texts(language)]) needed(name, parts);
  const files = new Set([...parts].map((name) => manifest[name].file));
  const sizes = [...files].map((file) => [
    file,
    gzipSync(readFileSync(join(dist, file))).length / 1024,
  ]);
  return sizes.sort(([, one], [, other]) => other - one);
}

const measured = LANGUAGES.map((language) => sizeIn(language));
const totals = measured.map((sizes) => sizes.reduce((sum, [, kb]) => sum + kb, 0));
const most = Math.max(...totals);
process.stdout.write(
  `first screen: ${most.toFixed(1)} kB of JavaScript (gzip), budget ${BUDGET_KB}\n`,
);
if (process.argv.includes("--parts") || most > BUDGET_KB) {
  for (const [file, kb] of measured[totals.indexOf(most)]) {
    process.stdout.write(`${kb.toFixed(1).padStart(7)}  ${file}\n`);
  }
}
if (most > BUDGET_KB) process.exit(1);
