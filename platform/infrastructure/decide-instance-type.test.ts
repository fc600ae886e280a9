import type { InstanceType } from '@trencadis/vmm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type TypeNeeds,
  contains,
  decideInstanceType,
  fitsAsItIs,
  matchesName,
} from './decide-instance-type.ts';

const atLeast = (value: number) => ({ low: { value, isStrict: false } });
const atMost = (value: number) => ({ high: { value, isStrict: false } });
const exactly = (value: number) => ({ ...atLeast(value), ...atMost(value) });

const any: TypeNeeds = { cpuCount: atLeast(1), memoryMiB: atLeast(512), isSpot: false };

function type(name: string, cpuCount: number, memoryMiB: number, perHour?: number): InstanceType {
  return {
    name,
    cpuCount,
    memoryMiB,
    ...(perHour === undefined ? {} : { price: { currency: 'USD', perHour } }),
  };
}

const types = [
  type('t3.micro', 2, 1024, 0.0104),
  type('t3.small', 2, 2048, 0.0208),
  type('m5.large', 2, 8192, 0.096),
  type('m5.xlarge', 4, 16_384, 0.192),
];

const decide = (needs: Partial<TypeNeeds>, all: readonly InstanceType[] = types) =>
  decideInstanceType({ ...any, ...needs }, all);
const nameOf = (needs: Partial<TypeNeeds>, all?: readonly InstanceType[]) => {
  const decision = decide(needs, all);
  return decision.kind === 'chosen' ? decision.type.name : decision.because;
};

describe('the instance type of a VM', () => {
  it('is the cheapest that fits, and says so', () => {
    expect(decide({ memoryMiB: atLeast(2000) })).toEqual({
      kind: 'chosen',
      type: types[1],
      price: { currency: 'USD', perHour: 0.0208 },
      because: 'cheapest of 3 that fit',
    });
    expect(decide({ cpuCount: atLeast(4) })).toMatchObject({ because: 'the only one that fits' });
  });

  it('is the smallest where no price is known, by name where two are alike', () => {
    const unpriced = [type('b', 2, 2048), type('a', 2, 2048), type('c', 1, 4096), type('d', 4, 2048)];
    expect(decide({}, unpriced)).toMatchObject({ type: { name: 'a' }, because: 'smallest of 4 that fit' });
  });

  it.each<[string, Partial<TypeNeeds>, string]>([
    ['a wildcard', { name: 'm5.*' }, 'm5.large'],
    ['a name', { name: 'm5.xlarge' }, 'm5.xlarge'],
    ['an upper bound', { name: 'm5.*', memoryMiB: { ...atLeast(8000), ...atMost(9000) } }, 'm5.large'],
    ['strict bounds', { memoryMiB: { low: { value: 1024, isStrict: true } } }, 't3.small'],
    ['a size in 10^9', { memoryMiB: exactly(2e9 / 2 ** 20) }, 't3.small'],
    ['a price', { memoryMiB: atLeast(1), price: { low: { value: 0.02, isStrict: false } } }, 't3.small'],
  ])('meets %s', (_, needs, name) => expect(nameOf(needs)).toBe(name));

  it('has the processor of the image, where that is told', () => {
    const arm = { ...type('a1', 2, 1024, 0.001), architecture: 'arm64' };
    const all = [arm, { ...types[0]!, architecture: 'x86_64' }];
    expect(nameOf({ architecture: 'aarch64' }, all)).toBe('a1');
    expect(nameOf({ architecture: 'x86_64' }, all)).toBe('t3.micro');
    expect(nameOf({ architecture: 'i386' }, all)).toBe('t3.micro');
    expect(nameOf({ architecture: 'riscv64' }, all)).toBe(
      'none has a processor for riscv64, as the image is',
    );
  });

  it('is to be had in the zone, and has GPUs', () => {
    const all = [
      { ...types[0]!, zones: ['a'] },
      { ...types[1]!, zones: ['a', 'b'] },
      { ...types[2]!, gpuCount: 1 },
    ];
    expect(nameOf({ zone: 'b' }, all)).toBe('t3.small');
    expect(nameOf({ gpuCount: atLeast(1) }, all)).toBe('m5.large');
    expect(nameOf({ gpuCount: atLeast(2) }, all)).toBe('the largest has 1 GPUs');
    expect(nameOf({ zone: 'c', name: 't3.*' }, all)).toBe('none is to be had in zone c, but in a, b');
  });

  it.each<[string, Partial<TypeNeeds>]>([
    ['the largest has 16384 MiB', { memoryMiB: atLeast(20_000) }],
    ['the largest has 8192 MiB', { memoryMiB: atLeast(10_000), price: atMost(0.1) }],
    ['the smallest has 2 CPUs', { cpuCount: exactly(1) }],
    ['none has so many CPUs and not more', { cpuCount: exactly(3) }],
    ["none is called 'x*'; there are t3.micro, t3.small, m5.large, m5.xlarge", { name: 'x*' }],
    ['those that fit otherwise cost 0.096 to 0.192 USD an hour', { name: 'm5.*', price: atMost(0.05) }],
  ])('that nothing fits is told as the nearest miss: %s', (because, needs) => {
    expect(nameOf(needs)).toBe(because);
  });

  it('is bounded in price only where anything has one', () => {
    expect(nameOf({ price: atMost(0.01) }, [type('a', 1, 512)])).toBe('a');
    expect(nameOf({ price: atMost(0.01) }, [type('a', 1, 512), type('b', 1, 1024, 0.001)])).toBe('b');
    const listed = () => ({ currency: 'EUR', perHour: 0.5 });
    expect(decideInstanceType({ ...any, price: atMost(0.1) }, [type('a', 1, 512)], listed)).toEqual({
      kind: 'none',
      because: 'those that fit otherwise cost 0.5 EUR an hour',
    });
  });

  it('of spare capacity costs at most so much, where that is known', () => {
    const spot = { ...types[1]!, price: { currency: 'USD', perHour: 0.02, spotPerHour: 0.006 } };
    const dear = { ...types[0]!, price: { currency: 'USD', perHour: 0.01, spotPerHour: 0.009 } };
    const needs = { isSpot: true, price: exactly(0.007) };
    expect(decide(needs, [spot, dear])).toMatchObject({ type: spot, price: { perHour: 0.006 } });
    expect(nameOf(needs, [types[3]!])).toBe('m5.xlarge');
  });
});

const arbitraryType = fc.record({
  name: fc.constantFrom('a.1', 'a.2', 'b.1', 'b.2', 'c'),
  cpuCount: fc.integer({ min: 1, max: 4 }),
  memoryMiB: fc.constantFrom(512, 1024, 2048, 4096),
  perHour: fc.option(fc.constantFrom(0.1, 0.2, 0.3), { nil: undefined }),
});
const arbitraryTypes = fc
  .uniqueArray(arbitraryType, { selector: ({ name }) => name })
  .map((all) =>
    all.map(({ name, cpuCount, memoryMiB, perHour }) => type(name, cpuCount, memoryMiB, perHour)),
  );
const arbitraryNeeds: fc.Arbitrary<TypeNeeds> = fc.record({
  cpuCount: fc.constantFrom(atLeast(1), atLeast(3), exactly(2), atMost(2)),
  memoryMiB: fc.constantFrom(atLeast(512), exactly(1024), { ...atLeast(600), ...atMost(3000) }),
  name: fc.constantFrom('*', 'a.*', '*.1'),
  price: fc.constantFrom({}, atMost(0.2)),
  isSpot: fc.constant(false),
});

describe('of any needs and types', () => {
  it('what is chosen is one of them, fits, and no other that fits is cheaper', () => {
    fc.assert(
      fc.property(arbitraryNeeds, arbitraryTypes, (needs, all) => {
        const decision = decideInstanceType(needs, all);
        const fitting = all.filter((each) => decideInstanceType(needs, [each]).kind === 'chosen');
        fc.pre(decision.kind === 'chosen');
        const { price } = decision.type;
        expect(all).toContain(decision.type);
        expect(fitsAsItIs(needs, decision.type)).toBe(true);
        expect(contains(needs.cpuCount, decision.type.cpuCount)).toBe(true);
        const cheaper = fitting.filter((each) => (each.price?.perHour ?? 9) < (price?.perHour ?? 9));
        expect(cheaper).toEqual([]);
      }),
    );
  });

  it('the order in which they are listed is no matter', () => {
    fc.assert(
      fc.property(arbitraryNeeds, arbitraryTypes, (needs, all) => {
        const [one, other] = [all, all.toReversed()].map((each) => decideInstanceType(needs, each));
        expect(one?.kind === 'chosen' && one.type).toEqual(other?.kind === 'chosen' && other.type);
      }),
    );
  });

  it('nothing is chosen exactly when none fits, and why is said', () => {
    fc.assert(
      fc.property(arbitraryNeeds, arbitraryTypes, (needs, all) => {
        const decision = decideInstanceType({ ...needs, price: {} }, all);
        const fitting = all.filter((each) => fitsAsItIs(needs, each));
        expect(decision.kind).toBe(fitting.length > 0 ? 'chosen' : 'none');
        expect(decision.because).not.toBe('none fits');
      }),
    );
  });

  it('a wildcard stands for any text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', '.')),
        fc.array(fc.constantFrom('a', 'b', '*')),
        (text, pattern) => {
          const [name, written] = [text.join(''), pattern.join('')];
          const expression = new RegExp(`^${written.replaceAll('*', '.*')}$`);
          expect(matchesName(written, name)).toBe(expression.test(name));
        },
      ),
    );
  });
});
