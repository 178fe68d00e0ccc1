import { describe, expect, it } from "vitest";

const files = import.meta.glob<Record<string, unknown>>("./locales/*/*.json", {
  eager: true,
  import: "default",
});

/** Keys without the endings that plurals need, which differ between languages. */
function keys(texts: Record<string, unknown>, path = ""): string[] {
  return Object.entries(texts).flatMap(([name, value]) =>
    typeof value === "object" && value !== null
      ? keys(value as Record<string, unknown>, `${path}${name}.`)
      : [`${path}${name.replace(/_(zero|one|two|few|many|other)$/, "")}`],
  );
}

// The English sentences of errors are the server's; that none lacks a Russian one is tested there.
const namespaces = Object.keys(files)
  .filter((path) => path.includes("/ru/") && !path.endsWith("/errors.json"))
  .map((path) => path.split("/").at(-1) ?? "");

describe.each(namespaces)("the texts of %s", (name) => {
  const ru = files[`./locales/ru/${name}`] ?? {};
  const en = files[`./locales/en/${name}`] ?? {};

  it("exist in both languages", () => {
    expect(new Set(keys(ru))).toEqual(new Set(keys(en)));
  });

  it("have every form a Russian number needs", () => {
    const forms = JSON.stringify(ru).match(/"[^"]+_one":/g) ?? [];
    const few = JSON.stringify(ru).match(/"[^"]+_few":/g) ?? [];
    const many = JSON.stringify(ru).match(/"[^"]+_many":/g) ?? [];
    expect([few.length, many.length]).toEqual([forms.length, forms.length]);
  });
});
