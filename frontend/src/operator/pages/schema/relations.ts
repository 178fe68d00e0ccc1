import type { Table } from "@/api/types";

export interface Relation {
  from: string;
  to: string;
  columns: string[];
}

export interface Place {
  name: string;
  x: number;
  y: number;
}

export interface Layout {
  places: Map<string, Place>;
  width: number;
  height: number;
}

export const NODE = { width: 196, height: 48, across: 68, down: 34 } as const;

/** Which table leads to which, by which columns; views repeat their tables and are left out. */
export function relationsOf(tables: readonly Table[]): Relation[] {
  const known = new Set(tables.filter((table) => !table.is_view).map((table) => table.name));
  const relations = new Map<string, Relation>();
  for (const table of tables.filter((each) => known.has(each.name))) {
    for (const { name, references } of table.columns) {
      if (!references || !known.has(references.table)) continue;
      const pair = `${table.name}>${references.table}`;
      const relation = relations.get(pair);
      if (relation) relation.columns.push(name);
      else relations.set(pair, { from: table.name, to: references.table, columns: [name] });
    }
  }
  return [...relations.values()];
}

/**
 * Place the tables in columns: those that many lead to on the right, those that lead to them
 * before them.
 *
 * Two tables that lead to each other are no cycle: only the way to the more wanted one counts.
 */
export function layoutOf(relations: readonly Relation[]): Layout {
  const names = [...new Set(relations.flatMap(({ from, to }) => [from, to]))].sort();
  const wanted = new Map(names.map((name) => [name, 0]));
  for (const { from, to } of relations) if (from !== to) wanted.set(to, (wanted.get(to) ?? 0) + 1);
  const weight = (name: string) => wanted.get(name) ?? 0;
  const more = (one: string, other: string) =>
    weight(one) - weight(other) || (one < other ? 1 : -1);
  const forward = relations.filter(({ from, to }) => from !== to && more(to, from) > 0);

  const rank = new Map<string, number>();
  for (const name of [...names].sort((one, other) => more(other, one))) {
    const before = forward.filter(({ from }) => from === name).map(({ to }) => rank.get(to) ?? 0);
    rank.set(name, before.length > 0 ? Math.max(...before) + 1 : 0);
  }
  const last = Math.max(0, ...rank.values());
  const layers = Array.from({ length: last + 1 }, (_, place) =>
    names.filter((name) => rank.get(name) === last - place),
  );
  return placed(untangled(layers, relations));
}

const ROUNDS = 6;

/** Put each table near the middle of those it is related to. */
function untangled(layers: string[][], relations: readonly Relation[]): string[][] {
  const related = new Map<string, string[]>();
  for (const { from, to } of relations) {
    related.set(from, [...(related.get(from) ?? []), to]);
    related.set(to, [...(related.get(to) ?? []), from]);
  }
  let ordered = layers;
  for (let round = 0; round < ROUNDS; round++) {
    const height = new Map(
      ordered.flatMap((layer) =>
        layer.map((name, place) => [name, (place + 0.5) / layer.length] as const),
      ),
    );
    const middle = (name: string) => {
      const near = (related.get(name) ?? []).map((other) => height.get(other) ?? 0.5);
      return near.length > 0 ? near.reduce((sum, each) => sum + each, 0) / near.length : 0.5;
    };
    ordered = ordered.map((layer) =>
      [...layer].sort((one, other) => middle(one) - middle(other) || (one < other ? -1 : 1)),
    );
  }
  return ordered;
}

function placed(layers: string[][]): Layout {
  const tallest = Math.max(1, ...layers.map((layer) => layer.length));
  const step = NODE.height + NODE.down;
  const height = tallest * step;
  const places = new Map<string, Place>();
  layers.forEach((layer, column) => {
    const gap = height / layer.length;
    layer.forEach((name, row) => {
      const y = gap * (row + 0.5) - NODE.height / 2;
      places.set(name, { name, x: column * (NODE.width + NODE.across), y });
    });
  });
  const width = layers.length * (NODE.width + NODE.across) - NODE.across;
  return { places, width: Math.max(width, NODE.width), height };
}
