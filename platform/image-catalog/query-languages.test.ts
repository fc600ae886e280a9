import { describe, expect, it } from 'vitest';
import { matchImages } from './match.ts';
import type { ImageRequirements, MatchResult } from './model.ts';
import { parseRadlQuery } from './radl-query.ts';
import { table1 } from './testing/table-1.ts';
import { parseVmrcQuery } from './vmrc/vmrc-query.ts';

function vmrc(text: string): ImageRequirements {
  const { requirements, diagnostics } = parseVmrcQuery(text);
  expect(diagnostics).toEqual([]);
  return requirements;
}

function radl(features: string, dialect: 'paper' | 'trencadis' = 'trencadis'): ImageRequirements {
  const { requirements, diagnostics } = parseRadlQuery(`system one (${features})`, { dialect });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return requirements;
}

const idsOf = (result: MatchResult): readonly string[] => result.ranked.map(({ vmi }) => vmi.id);
const reasonsOf = (result: MatchResult): readonly string[] =>
  result.ranked[0]?.verdicts.map(({ because }) => because) ?? [];

describe("the paper's three questions, as VMRC text and as RADL", () => {
  const section41 = (operator: '>' | '>='): readonly [string, ImageRequirements][] => [
    [
      'VMRC',
      vmrc(`
        # "SL greater than 5.7, Globus 4, JDK hard; Java 1.6.35 soft"
        disk.os.flavour = Scientific Linux && disk.os.version ${operator} 5.7
        disk.applications contains (name = Globus Toolkit, version = 4)
        disk.applications contains (name = Java Development Kit)
        soft 10 disk.applications contains (name = Java, version = 1.6.35)`),
    ],
    [
      'RADL',
      radl(`disk.0.os.flavour = 'Scientific Linux' and disk.0.os.version ${operator} '5.7' and
        disk.0.applications contains (name = 'Globus Toolkit' and version = '4') and
        disk.0.applications contains (name = 'Java Development Kit') and
        soft 10 (disk.0.applications contains (name = 'Java' and version = '1.6.35'))`),
    ],
  ];

  it.each(section41('>='))("section 4.1's in %s: Base Toolkits, with the soft Java", (_language, asked) => {
    const result = matchImages(asked, table1);
    expect(idsOf(result)).toEqual(['base-toolkits']);
    expect(result.ranked[0]?.score).toBe(10);
    expect(reasonsOf(result)).toEqual([
      'Scientific Linux 5.7 matches os.flavour = Scientific Linux',
      'Scientific Linux 5.7 matches os.version >= 5.7',
      'Globus Toolkit 4.2.1 matches = 4',
      'JDK 1.6.0.35 is there',
      'JDK 1.6.0.35 matches = 1.6.35 (JDK versions: 1.6.35 is 1.6.0.35)',
    ]);
  });

  it.each(section41('>'))('"greater than 5.7" in %s is strict, and says so', (_language, asked) => {
    const { ranked, nearMisses } = matchImages(asked, table1);
    expect(ranked).toEqual([]);
    expect(nearMisses[0]?.vmi.id).toBe('base-toolkits');
    expect(nearMisses[0]?.failed.map(({ because }) => because)).toEqual([
      'Scientific Linux 5.7 does not match os.version > 5.7: > is strict, >= would match',
    ]);
  });

  const machine: readonly [string, string] = [
    "cpu.arch = x86_64\ndisk.os.name = linux\ndisk.os.flavour = 'Scientific Linux'\ndisk.os.version = 5.7\n",
    "cpu.arch = 'x86_64' and disk.0.os.name = 'linux' and disk.0.os.flavour = 'Scientific Linux' and disk.0.os.version = '5.7' and ",
  ];

  it.each([
    [
      'VMRC',
      vmrc(`${machine[0]}
        disk.applications contains (name = globus, version = 4)
        disk.applications contains (name = jdk, version = 1.6.0.35)
        disk.applications contains (name = ant, version = 1.8.2)`),
    ],
    [
      'RADL',
      radl(
        `${machine[1]} disk.0.application contains (name='globus', version='4') and
        disk.0.application contains (name='jdk', version='1.6.0.35') and
        disk.0.application contains (name='ant', version='1.8.2')`,
        'paper',
      ),
    ],
  ])("Fig. 3's service container in %s: Base Toolkits", (_language, asked) => {
    const result = matchImages(asked, table1);
    expect(idsOf(result)).toEqual(['base-toolkits']);
    expect(reasonsOf(result).slice(4)).toEqual([
      'Globus Toolkit 4.2.1 matches = 4',
      'JDK 1.6.0.35 matches = 1.6.0.35',
      'Ant 1.8.2 matches = 1.8.2',
    ]);
  });

  it.each([
    ['VMRC', vmrc(`${machine[0]}disk.applications contains (name = PostgreSQL, version >= 8.4.9)`)],
    ['RADL', radl(`${machine[1]} disk.0.applications contains (name = 'PostgreSQL' and version >= '8.4.9')`)],
  ])("Fig. 3's database in %s: PostgreSQL", (_language, asked) => {
    const result = matchImages(asked, table1);
    expect(idsOf(result)).toEqual(['postgresql']);
    expect(reasonsOf(result).at(-1)).toBe('Postgres 8.4.9 matches >= 8.4.9');
  });
});

describe('what VMRC answers wrongly (spec image-catalog, sections 5, 8 and 9)', () => {
  it.each([
    ['what IM sends for a hard application', 'disk.applications contains (name = globus,version = 4 )'],
    ['fields in another order', 'disk.applications contains (version >= 1.8, name = ant)'],
    ['a name with a blank', 'disk.applications contains (name = Globus Toolkit, version >= 4)'],
    ['a query of applications only', 'disk.applications contains (name = Ant)'],
    ['a second statement on a key', 'disk.os.version >= 5\ndisk.os.version < 6\nname = Base Toolkits'],
    ['another case', 'disk.os.flavour = scientific linux\ndisk.applications contains (name = ANT)'],
  ])('%s', (_what, text) => {
    expect(idsOf(matchImages(vmrc(text), table1))).toEqual(['base-toolkits']);
  });

  it('never takes a version that is not known for the highest one', () => {
    expect(idsOf(matchImages(vmrc('applications contains (name = GridFTP, version > 1)'), table1))).toEqual(
      [],
    );
  });

  it('compares sizes as numbers, in their units', () => {
    const [first] = table1;
    const artifacts = first!.artifacts.map((artifact) => ({ ...artifact, virtualSizeBytes: 10_000e6 }));
    const catalog = [{ ...first!, artifacts }];
    expect(idsOf(matchImages(vmrc('disk.size >= 5000'), catalog))).toHaveLength(1);
    expect(idsOf(matchImages(vmrc('disk.size = 10GB'), catalog))).toHaveLength(1);
    expect(idsOf(matchImages(vmrc('disk.size >= 10GiB'), catalog))).toEqual([]);
  });
});
