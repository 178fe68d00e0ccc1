import type { Column, CrmObject } from "@/api/types";

type Known = Pick<Column, "name" | "label" | "personal">;

/** `DATE_MODIFY` and `dateModify` are both the column `date_modify`. */
const columnOf = (code: string): string =>
  code.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

/**
 * The columns one may still choose a treatment for.
 *
 * Those that tell rows apart or when they changed are copied as they are, and those of the copy
 * itself (`_synced_at`) are not the portal's.
 */
export function choosable<C extends Known>(
  columns: readonly C[],
  object: Pick<CrmObject, "key" | "cursor_field">,
  treated: Record<string, unknown>,
): C[] {
  const needed = new Set([...object.key, object.cursor_field ?? ""].map(columnOf));
  return columns.filter(
    ({ name }) => !name.startsWith("_") && !needed.has(name) && !(name in treated),
  );
}

/** Those that may tell of people. */
export function personalOf<C extends Known>(columns: readonly C[]): C[] {
  return columns.filter((each) => each.personal);
}
