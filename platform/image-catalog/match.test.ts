import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { explainNoImage } from './explain-no-image.ts';
import { matchImages } from './match.ts';
import type { Application, ImageRequirements, MatchResult, Requirement, Vmi } from './model.ts';
import { application, attribute, figure3, paperVmi, table1 } from './testing/table-1.ts';

const idsOf = (result: MatchResult): readonly string[] => result.ranked.map(({ vmi }) => vmi.id);
const hard = (...requirements: readonly Requirement[]): ImageRequirements => ({
  hard: requirements,
  soft: [],
});

function verdictOn(requirement: Requirement, ...applications: readonly Application[]): [boolean, string] {
  const result = matchImages(hard(requirement), [paperVmi('one', 'One', applications)]);
  const verdict = result.ranked[0]?.verdicts[0] ?? result.nearMisses[0]?.failed[0];
  return [verdict?.holds ?? false, verdict?.because ?? ''];
}

describe('a hard requirement on an application', () => {
  it.each([
    ['4', '4.2.1', true],
    ['4', '40', false],
    ['4', '40.2.1', false],
    ['4.2', '4.2.1', true],
    ['4.2.1', '4.2.1', true],
    ['4.2.1', '4.2.1.5', false],
  ])('= %s on version %s: %s', (wanted, actual, holds) => {
    expect(verdictOn(application('globus', '=', wanted), { name: 'globus', version: actual })[0]).toBe(holds);
    expect(verdictOn(application('globus', '!=', wanted), { name: 'globus', version: actual })[0]).toBe(
      !holds,
    );
  });

  it.each(['1.6.0.35', '1.6.0_35', '6u35', '1.6.35', '6', '1.6'])(
    'finds JDK 1.6.0.35 as Java %s',
    (wanted) => {
      expect(verdictOn(application('java', '=', wanted), { name: 'JDK', version: '1.6.0.35' })[0]).toBe(true);
      expect(verdictOn(application('java', '=', wanted), { name: 'JDK', version: '1.7.0.35' })[0]).toBe(
        false,
      );
    },
  );

  it('is met by a name alone, whatever the version', () => {
    expect(verdictOn(application('ANT'), { name: 'ant' })).toEqual([true, 'ant is there']);
  });

  it('is not met by an application whose version is not known', () => {
    expect(verdictOn(application('ant', '>=', '1'), { name: 'ant' })).toEqual([
      false,
      'ant is there, but its version is not known',
    ]);
  });

  it('is met by one of several versions', () => {
    const both = [
      { name: 'jdk', version: '1.5.0.1' },
      { name: 'jdk', version: '1.6.0.35' },
    ];
    expect(verdictOn(application('jdk', '>=', '1.6'), ...both)).toEqual([
      true,
      'jdk 1.6.0.35 matches >= 1.6',
    ]);
  });

  it('uses the alias rules that it is given, and no others', () => {
    const requirements = hard(application('java', '=', '1.6.35'));
    expect(idsOf(matchImages(requirements, table1))).toEqual(['base-toolkits']);
    expect(idsOf(matchImages(requirements, table1, { rules: [] }))).toEqual([]);
  });
});

describe('a hard requirement on the machine', () => {
  it('knows the other names of an architecture and of a distribution', () => {
    expect(verdictOn(attribute('architecture', '=', 'AMD64'))).toEqual([
      true,
      'x86_64 matches architecture = AMD64 (64-bit x86 names: AMD64 is x86_64)',
    ]);
    expect(verdictOn(attribute('os.flavour', '=', 'SL'))[0]).toBe(true);
    expect(verdictOn(attribute('architecture', '=', 'aarch64'))[0]).toBe(false);
  });

  it('takes the version of an operating system exactly', () => {
    expect(verdictOn(attribute('os.version', '=', '5'))[0]).toBe(false);
    expect(verdictOn(attribute('os.version', 'prefix', '5'))[0]).toBe(true);
  });

  it('finds no order among names', () => {
    expect(verdictOn(attribute('os.flavour', '>=', 'A'))[0]).toBe(false);
  });

  it('says so when an image was never built', () => {
    const vmi = { ...paperVmi('one', 'One', []), artifacts: [] };
    const result = matchImages(hard(attribute('vmm', '=', 'local')), [vmi]);
    expect(result.nearMisses[0]?.failed[0]?.because).toBe('it is built for no VM manager');
  });
});

describe('a stand-in', () => {
  const debian: Vmi = {
    ...paperVmi('debian', 'Debian', [{ name: 'node', version: '24' }]),
    operatingSystem: { name: 'linux', flavour: 'Debian', version: '12' },
    standIns: [
      {
        for: { kind: 'os', operatingSystem: { name: 'linux', flavour: 'Scientific Linux', version: '5.7' } },
        by: 'Debian 12',
      },
      { for: { kind: 'application', application: { name: 'jdk', version: '1.6.0.35' } }, by: 'Node 24' },
    ],
  };

  it('meets a requirement in the place of what it stands for', () => {
    const result = matchImages(hard(application('JDK', '>=', '1.6')), [debian]);
    expect(result.ranked[0]?.verdicts[0]?.because).toBe('jdk 1.6.0.35 matches >= 1.6 (stood for by Node 24)');
  });

  it('does not mix two operating systems into a third', () => {
    const mixed = hard(attribute('os.flavour', '=', 'Debian'), attribute('os.version', '=', '5.7'));
    expect(idsOf(matchImages(mixed, [debian]))).toEqual([]);
    const own = hard(attribute('os.flavour', '=', 'Debian'), attribute('os.version', '>=', '12'));
    expect(idsOf(matchImages(own, [debian]))).toEqual(['debian']);
  });

  it('gives the image the operating system that meets more of what is only wished for', () => {
    const wished = [attribute('os.flavour', '=', 'Scientific Linux'), attribute('os.version', '=', '5.7')];
    const result = matchImages({ hard: [], soft: [{ weight: 1, requirements: wished }] }, [debian]);
    expect(result.ranked[0]?.score).toBe(1);
  });

  it('never answers an exclusion', () => {
    expect(idsOf(matchImages(hard(attribute('os.flavour', '!=', 'Debian')), [debian]))).toEqual([]);
  });

  it('comes after what really has it', () => {
    const real = paperVmi('real', 'Real', [
      { name: 'jdk', version: '1.6.0.35' },
      { name: 'unasked', version: '1' },
      { name: 'unasked too', version: '1' },
    ]);
    expect(idsOf(matchImages(hard(application('jdk', '=', '1.6')), [debian, real]))).toEqual([
      'real',
      'debian',
    ]);
  });
});

describe('ranking', () => {
  const bare = paperVmi('bare', 'Bare', [{ name: 'ant', version: '1.8.2' }]);
  const full = paperVmi('full', 'A full one', [
    { name: 'ant', version: '1.8.2' },
    { name: 'jdk', version: '1.6' },
  ]);
  const asked = [application('ant')];

  it('puts the higher sum of soft weights first, a group whole or not at all', () => {
    const soft = (...requirements: readonly Requirement[]): ImageRequirements => ({
      hard: asked,
      soft: [{ weight: 2.5, requirements }],
    });
    expect(idsOf(matchImages(soft(application('jdk')), [bare, full]))).toEqual(['full', 'bare']);
    const half = matchImages(soft(application('jdk'), application('globus')), [bare, full]);
    expect(half.ranked.map(({ score }) => score)).toEqual([0, 0]);
    expect(half.ranked[0]?.verdicts.map(({ holds }) => holds)).toEqual([true, true, false]);
  });

  it('then fewer versioned applications that nobody asked for', () => {
    expect(idsOf(matchImages(hard(...asked), [full, bare]))).toEqual(['bare', 'full']);
  });

  it('then the higher version of the operating system, then the name, then the id', () => {
    const newer = {
      ...bare,
      id: brandId('VmiId', 'newer'),
      operatingSystem: { ...bare.operatingSystem, version: '5.10' },
    };
    const named = { ...bare, id: brandId('VmiId', 'a'), name: 'Another' };
    const twin = { ...bare, id: brandId('VmiId', 'b') };
    const ids = idsOf(matchImages(hard(...asked), [bare, twin, named, newer]));
    expect(ids).toEqual(['newer', 'a', 'b', 'bare']);
  });
});

describe('when no image matches', () => {
  const needs = (version: string): ImageRequirements => ({
    ...figure3.globus,
    hard: [...figure3.globus.hard.slice(0, -1), application('ant', '>=', version)],
  });

  it('names the nearest, what it lacks and what to do', () => {
    const result = matchImages(needs('1.9'), table1);
    expect(result.nearMisses).toHaveLength(3);
    expect(explainNoImage(result, needs('1.9'))).toMatch(
      /^No image meets all 7 hard requirements: the nearest is 'Base Toolkits', it lacks ant >= 1\.9 \(Ant 1\.8\.2 does not match >= 1\.9\), then '/,
    );
  });

  it('finds an image nearer that has the application in another version than one without it', () => {
    const requirements = hard(application('PostgreSQL', '>=', '99'));
    expect(matchImages(requirements, table1).nearMisses[0]?.vmi.name).toBe('PostgreSQL');
  });

  it('says that an application is not there at all', () => {
    const requirements = hard(application('maven', '>=', '3'));
    const [vmi] = table1;
    const text = explainNoImage(matchImages(requirements, vmi === undefined ? [] : [vmi]), requirements);
    expect(text).toContain('it lacks maven >= 3 (it has no maven); relax');
  });

  it('says that the catalog is empty', () => {
    const requirements = hard(application('ant'));
    expect(explainNoImage(matchImages(requirements, []), requirements)).toContain('the catalog is empty');
  });

  it('gives no near misses when an image matches', () => {
    expect(matchImages(needs('1.8'), table1).nearMisses).toEqual([]);
  });
});

it('ranks as the Infrastructure Manager does, where that is asked for', () => {
  const asked: ImageRequirements = {
    hard: [application('ant', '<', '2')],
    soft: [{ weight: 1, requirements: [application('jdk', '=', '6')] }],
  };
  const older = paperVmi('older', 'A', [
    { name: 'ant', version: '1.5' },
    { name: 'jdk', version: '5' },
  ]);
  // 100 for a jdk that is newer than asked, which the weights do not count; one off for ant 1.5, as it is older than 2.
  const newer = paperVmi('newer', 'B', [
    { name: 'ant', version: '1.5' },
    { name: 'jdk', version: '7' },
    { name: 'git', version: '1' },
  ]);
  expect(idsOf(matchImages(asked, [older, newer]))).toEqual(['older', 'newer']);
  const { ranked } = matchImages(asked, [older, newer], { score: 'im' });
  expect(ranked.map(({ vmi, score, imScore }) => [vmi.id, score, imScore])).toEqual([
    ['newer', 0, 98],
    ['older', 0, -2],
  ]);
});
