import type { Column, Table } from "@/api/types";

export interface Match {
  table: Table;
  /** The columns that were sought; none: the table itself was. */
  columns: Column[];
}

const ENDINGS =
  /(иями|ями|ами|ого|его|ому|ему|ов|ев|ей|ах|ях|ам|ям|ой|ый|ий|ая|яя|ое|ее|ые|ие|ия|[аеиоуыьюя]|s)$/;
const SHORTEST = 4;

const plain = (text: string): string => text.toLowerCase().replaceAll("ё", "е");

/** `сделки`, `сделка` and `сделок` are one word to those who seek; so are `deal` and `deals`. */
export function stem(word: string): string {
  const cut = plain(word).replace(ENDINGS, "");
  return cut.length >= SHORTEST ? cut : plain(word);
}

/**
 * Find tables and columns by their names and labels, in Russian and English.
 *
 * Several words may be split between a table and its column: `сделки сумма`.
 */
export function search(tables: readonly Table[], sought: string): Match[] {
  const words = sought.split(/\s+/).filter(Boolean).map(stem);
  if (words.length === 0) return tables.map((table) => ({ table, columns: [] }));
  const titles = new Map(tables.map((table) => [table.name, table.label]));
  const found: (Match & { rank: number })[] = [];
  for (const table of tables) {
    const label = table.is_view ? (titles.get(table.name.replace(/^v_/, "")) ?? "") : table.label;
    const about = plain(`${table.name} ${label}`);
    const columns = table.columns.filter((column) => {
      const text = plain(`${column.name} ${column.label}`);
      return (
        words.every((word) => text.includes(word) || about.includes(word)) &&
        words.some((word) => text.includes(word) && !about.includes(word))
      );
    });
    const whole = words.every((word) => about.includes(word));
    if (whole || columns.length > 0) found.push({ table, columns, rank: whole ? 0 : 1 });
  }
  return found.sort((one, other) => one.rank - other.rank);
}
