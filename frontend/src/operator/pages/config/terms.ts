import type { Term } from "@/api/config";

type Given = Pick<Term, "term" | "meaning">;

/**
 * The terms with one added, or with another meaning.
 *
 * All are sent, the built-in ones too: one that is not named is switched off.
 */
export function withTerm(terms: readonly Term[], given: Given): Given[] {
  const known = terms.some((each) => each.term === given.term);
  const next = terms.map(({ term, meaning }) => (term === given.term ? given : { term, meaning }));
  return known ? next : [...next, given];
}

export function withoutTerm(terms: readonly Term[], term: string): Given[] {
  return terms
    .filter((each) => each.term !== term)
    .map(({ term: name, meaning }) => ({ term: name, meaning }));
}
