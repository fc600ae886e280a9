import { fileURLToPath } from 'node:url';
import { brandId } from '@trencadis/ids';
import { beforeAll, describe, expect, it } from 'vitest';
import { explainNoImage } from './explain-no-image.ts';
import { matchImages } from './match.ts';
import type { MatchResult, Vmi } from './model.ts';
import { readCatalogEntries } from './read-catalog-entries.ts';
import { attribute, figure3, section41, table1 } from './testing/table-1.ts';

const idsOf = (result: MatchResult): readonly string[] => result.ranked.map(({ vmi }) => vmi.id);
const reasonsOf = (result: MatchResult): readonly string[] =>
  result.ranked[0]?.verdicts.map(({ because }) => because) ?? [];

describe("the paper's questions to its own Table 1", () => {
  it('answers section 4.1 with Base Toolkits, its soft Java met too', () => {
    const result = matchImages(section41('>='), table1);
    expect(idsOf(result)).toEqual(['base-toolkits']);
    expect(result.ranked[0]?.score).toBe(10);
    expect(reasonsOf(result)).toEqual([
      'it is built for libvirt',
      'Scientific Linux 5.7 matches os.flavour = Scientific Linux',
      'Scientific Linux 5.7 matches os.version >= 5.7',
      'Globus Toolkit 4.2.1 matches = 4',
      'JDK 1.6.0.35 is there',
      'JDK 1.6.0.35 matches = 1.6.35 (JDK versions: 1.6.35 is 1.6.0.35)',
    ]);
  });

  it('reads "greater than 5.7" strictly when it is asked so, and says what to relax', () => {
    const result = matchImages(section41('>'), table1);
    expect(idsOf(result)).toEqual([]);
    expect(explainNoImage(result, section41('>'))).toBe(
      "No image meets all 5 hard requirements: the nearest is 'Base Toolkits', it lacks os.version > 5.7 " +
        '(Scientific Linux 5.7 does not match os.version > 5.7: > is strict, >= would match), ' +
        "then 'File System' (lacks 3) and 'GridFTP' (lacks 3); relax what is lacking or add an image that has it.",
    );
  });

  it("chooses Base Toolkits for Fig. 3's service container", () => {
    const result = matchImages(figure3.globus, table1);
    expect(idsOf(result)).toEqual(['base-toolkits']);
    expect(reasonsOf(result).slice(4)).toEqual([
      'Globus Toolkit 4.2.1 matches = 4',
      'JDK 1.6.0.35 matches = 1.6.0.35',
      'Ant 1.8.2 matches = 1.8.2',
    ]);
  });

  it("chooses PostgreSQL for Fig. 3's database", () => {
    const result = matchImages(figure3.database, table1);
    expect(idsOf(result)).toEqual(['postgresql']);
    expect(reasonsOf(result).at(-1)).toBe('Postgres 8.4.9 matches >= 8.4.9');
  });
});

describe('the catalog entries of today', () => {
  const directory = fileURLToPath(new URL('../../images', import.meta.url));
  let catalog: readonly Vmi[];

  beforeAll(async () => {
    const built = [{ vmm: 'local', location: 'an-image', digest: brandId('Sha256', '1'.repeat(64)) }];
    catalog = (await readCatalogEntries(directory)).map((entry) => ({
      ...entry,
      artifacts: entry.operatingSystem.flavour === 'Debian' ? built : [],
    }));
  });

  it('are the seven of Table 1, and the one of our balancers', () => {
    expect(new Map(catalog.map(({ id, name }) => [id, name]))).toEqual(
      new Map([...table1.map(({ id, name }) => [id, name] as const), ['load-balancer', 'Load Balancer']]),
    );
  });

  it('say of themselves which are not built', () => {
    const notBuilt = catalog.filter(({ description }) => description.startsWith('Catalogued, not built.'));
    expect(notBuilt.map(({ id }) => id)).toEqual(['file-system', 'gridftp', 'lfc', 'se', 'voms-service']);
  });

  it("choose Base Toolkits for Fig. 3's service container, and say what stands for what", () => {
    const result = matchImages(figure3.globus, catalog);
    expect(idsOf(result)).toEqual(['base-toolkits']);
    const reasons = reasonsOf(result);
    expect(reasons.slice(0, 2)).toEqual([
      'x86_64 matches architecture = x86_64',
      'linux matches os.name = linux',
    ]);
    expect(reasons[2]).toMatch(/^Scientific Linux 5\.7 matches .* \(stood for by Debian 12: /);
    expect(reasons[3]).toMatch(
      /^Scientific Linux 5\.7 matches os\.version = 5\.7 \(stood for by Debian 12: /,
    );
    expect(reasons[4]).toMatch(/^globus 4\.2\.1 matches = 4 \(stood for by systemd units: /);
    expect(reasons[5]).toMatch(/^jdk 1\.6\.0\.35 matches = 1\.6\.0\.35 \(stood for by Node 24: /);
    expect(reasons[6]).toMatch(/^ant 1\.8\.2 matches = 1\.8\.2 \(stood for by Puppet: /);
  });

  it("choose PostgreSQL for Fig. 3's database, which no one stands in for", () => {
    const result = matchImages(figure3.database, catalog);
    expect(idsOf(result)).toEqual(['postgresql']);
    expect(reasonsOf(result).at(-1)).toBe('PostgreSQL 15 matches >= 8.4.9');
  });

  it('offer only built images to a VM manager', () => {
    const anySystem = { hard: [attribute('os.name', '=', 'linux')], soft: [] };
    expect(idsOf(matchImages(anySystem, catalog))).toHaveLength(8);
    const local = { hard: [...anySystem.hard, attribute('vmm', '=', 'local')], soft: [] };
    expect(idsOf(matchImages(local, catalog)).toSorted()).toEqual([
      'base-toolkits',
      'load-balancer',
      'postgresql',
    ]);
  });
});
