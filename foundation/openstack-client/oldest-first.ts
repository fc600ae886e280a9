export interface Dated {
  readonly id: string;
  readonly created_at?: string | null | undefined;
}

/** By id within a second: so that all who look choose the same one of several. */
export function oldestFirst<Item extends Dated>(items: readonly Item[]): readonly Item[] {
  const age = ({ created_at: created, id }: Dated) => `${created ?? ''} ${id}`;
  return items.toSorted((one, other) => (age(one) < age(other) ? -1 : 1));
}
