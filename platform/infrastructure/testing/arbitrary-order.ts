import fc from 'fast-check';

export type Choose = (count: number) => number;

/** Any of the orders in which a runner may take steps. */
export const arbitraryOrder: fc.Arbitrary<Choose> = fc
  .infiniteStream(fc.nat(1000))
  .map((numbers) => (count) => {
    const { value } = numbers.next() as { readonly value: number };
    return value % count;
  });
