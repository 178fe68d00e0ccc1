import type { EntityStatus } from "@/api/types";

const HIDDEN = new Set<EntityStatus["state"]>(["off", "forbidden"]);
const MAIN = new Set([
  "deal",
  "contact",
  "lead",
  "company",
  "quote",
  "smart_invoice",
  "activity",
  "task",
]);
const SMART_PROCESS = /^dynamic_\d+$/;

interface Groups {
  /** What people work with all day. */
  main: EntityStatus[];
  /** Dictionaries, links and parts of the main ones. */
  others: EntityStatus[];
}

/** The objects that are copied; what is switched off or not permitted stands in the settings. */
export function shownObjects(entities: readonly EntityStatus[]): Groups {
  const shown = entities.filter((entity) => !HIDDEN.has(entity.state));
  const isMain = ({ entity }: EntityStatus) => MAIN.has(entity) || SMART_PROCESS.test(entity);
  return { main: shown.filter(isMain), others: shown.filter((entity) => !isMain(entity)) };
}

/** How many objects are in each state, the commonest first. */
export function statesOf(entities: readonly EntityStatus[]): [EntityStatus["state"], number][] {
  const counts = new Map<EntityStatus["state"], number>();
  for (const { state } of entities) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}
