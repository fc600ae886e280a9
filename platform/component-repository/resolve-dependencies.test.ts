import { sha256OfText } from '@trencadis/ids';
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Component } from './model.ts';
import { findDependents, nameOf, resolveDependencies } from './resolve-dependencies.ts';
import { isInRange, versionRangePattern } from './version-range.ts';

/** `a 1: b >=1, c *` */
function component(text: string): Component {
  const [name = '', needs = ''] = text.split(': ');
  const [fileName = '', version = ''] = name.split(' ');
  const dependencies = needs === '' ? [] : needs.split(', ').map(dependencyOf);
  const content = { digest: sha256OfText(name), sizeBytes: 0 };
  return { fileName, version, type: 'conf', description: '', ...content, dependencies };
}

function dependencyOf(text: string) {
  const [fileName = '', ...range] = text.split(' ');
  return { fileName, range: range.join(' ') };
}

function resolve(...texts: readonly string[]): string {
  const [root, ...others] = texts.map(component);
  const resolution = resolveDependencies(root!, [...others, root!]);
  return resolution.kind === 'resolved' ? resolution.components.map(nameOf).join(', ') : resolution.problem;
}

describe('resolveDependencies', () => {
  it.each([
    [['a 1'], 'a 1'],
    [['a 1: b *', 'b 1', 'b 2', 'b 10'], 'b 10, a 1'],
    [['a 1: b >=1 <2', 'b 1', 'b 1.5', 'b 2'], 'b 1.5, a 1'],
    [['a 1: b *, c *', 'b 1: d *', 'c 1: d *', 'd 1'], 'd 1, b 1, c 1, a 1'],
    [['a 1: b *', 'b 1: c *', 'c 1'], 'c 1, b 1, a 1'],
  ] as const)('of %j takes %s', (texts, expected) => {
    expect(resolve(...texts)).toBe(expected);
  });

  it('takes one version that meets all who ask, also those who ask late', () => {
    expect(resolve('a 1: b *, c *', 'b 1: d *', 'c 1: d <2', 'd 1', 'd 2')).toBe('d 1, b 1, c 1, a 1');
  });

  it.each([
    [['a 1: b *'], 'a 1 needs b *; the repository holds none'],
    [['a 1: b >=2', 'b 1'], 'a 1 needs b >=2; the repository holds 1'],
    [
      ['a 1: b *, c *', 'b 1: d 1', 'c 1: d 2', 'd 1', 'd 2'],
      'b 1 needs d 1 and c 1 needs d 2; the repository holds 1, 2',
    ],
    [['a 1: a *'], 'a needs a: that is a circle'],
    [['a 1: b *', 'b 1: c *', 'c 1: b *'], 'b needs c needs b: that is a circle'],
    [['a 1: b *', 'b 1: a *'], 'a needs b needs a: that is a circle'],
  ] as const)('of %j says: %s', (texts, problem) => {
    expect(resolve(...texts)).toBe(problem);
  });

  it('ends, and is right whenever it answers', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd');
    const range = fc.constantFrom('*', '1', '2', '>=2', '<3', '>1 <3');
    const any = fc.record({
      fileName: names,
      version: fc.constantFrom('1', '2', '3'),
      dependencies: fc.array(fc.record({ fileName: names, range }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(any, { selector: nameOf, minLength: 1 }), (known) => {
        const [root] = known;
        const sorted = known.toSorted((one, other) => (one.version < other.version ? -1 : 1));
        const resolution = resolveDependencies(root!, sorted);
        if (resolution.kind === 'unresolved') return;
        const taken = resolution.components;
        expect(taken.at(-1)).toBe(root);
        expect(new Set(taken.map(({ fileName }) => fileName)).size).toBe(taken.length);
        for (const [index, { dependencies }] of taken.entries()) {
          for (const need of dependencies) {
            const met = taken.slice(0, index).find(({ fileName }) => fileName === need.fileName);
            expect(met !== undefined && isInRange(met.version, need.range)).toBe(true);
          }
        }
      }),
    );
  });
});

describe('findDependents', () => {
  const known = ['b 1', 'b 2', 'a 1: b >=1', 'c 1: b 1', 'd 1: b 2'].map(component);

  it('names those who would miss it', () => {
    expect(findDependents({ fileName: 'b', version: '1' }, known).map(nameOf)).toEqual(['c 1']);
    expect(findDependents({ fileName: 'b', version: '2' }, known).map(nameOf)).toEqual(['d 1']);
    expect(findDependents({ fileName: 'a', version: '1' }, known)).toEqual([]);
  });

  it('does not name who misses it already, nor itself', () => {
    expect(findDependents({ fileName: 'b', version: '3' }, [component('a 1: b 4')])).toEqual([]);
    expect(findDependents({ fileName: 'a', version: '1' }, [component('a 1: a *')])).toEqual([]);
  });
});

describe('version ranges', () => {
  it.each([
    ['1.10.0', '>=1.9.0', true],
    ['1.2', '=1.2', true],
    ['1.2', '1.2', true],
    ['1.2.0', '1.2', false],
    ['2.0.0', '>=1 <2', false],
    ['2.0.0', '>=1 <2.0.0', false],
    ['0.1.0+2', '>0.1.0+1 <=0.1.0+2', true],
  ])('%s in %s: %s', (version, range, expected) => {
    expect(versionRangePattern.test(range)).toBe(true);
    expect(isInRange(version, range)).toBe(expected);
  });
});
