import { type Vmi, matchImages } from '@trencadis/image-catalog';
import type { Diagnostic } from '@trencadis/radl';
import { describe, expect, it } from 'vitest';
import type { Offers } from './offers.ts';
import { keyServerImages, keyServerOffers } from './testing/key-server-offers.ts';
import { type Attempt, desiredOf, fig3, given, problemsOf } from './testing/resolve-attempt.ts';

const codesOf = (attempt: Attempt) => problemsOf(attempt).map(({ code }) => code);
/** The text of the document's line that a problem points at. */
const lineAt = (radl: string, { span }: Diagnostic) => radl.split('\n')[span.line - 1];

describe('Fig. 3', () => {
  const desired = desiredOf({});
  const { id } = desired;

  it('becomes two VMs on the images that match, not by name', () => {
    expect(desired.images.map(({ systemId, vmiName }) => [systemId, vmiName])).toEqual([
      ['GT4_JAVA_ANT', 'Base Toolkits'],
      ['BACKEND_POSTGRESQL', 'PostgreSQL'],
    ]);
    expect(desired.vms.map(({ spec }) => [spec.name, spec.cpuCount, spec.image.location])).toEqual([
      [`${id}-gt4-java-ant-1`, 1, '/images/base-toolkits'],
      [`${id}-backend-postgresql-1`, 1, '/images/postgresql'],
    ]);
    expect(desired.vms.every(({ vmm, spec }) => vmm === 'memory' && spec.tag === desired.tag)).toBe(true);
  });

  it('connects them by interface, on one public and one private network', () => {
    expect(desired.networks.map(({ name, kind }) => [name, kind])).toEqual([
      [`${id}-private`, 'private'],
      [`${id}-public`, 'public'],
    ]);
    expect(desired.vms.map(({ spec }) => spec.interfaces.map(({ network }) => network))).toEqual([
      [`${id}-public`, `${id}-private`],
      [`${id}-private`],
    ]);
    expect(desired.networkIds).toEqual({ [`${id}-public`]: 'public', [`${id}-private`]: 'private' });
  });

  it('binds the database of one to the service of the other', () => {
    const [front, back] = desired.vms.map(({ spec }) => spec.name);
    expect(desired.databases).toEqual([
      { name: 'SQL_Keys', user: 'sql_keys', heldBy: back, usedBy: [front] },
    ]);
  });

  it('hands each VM the components, secrets and endpoints of its own recipe', () => {
    const [front, back] = desired.vms.map(({ configurations }) => configurations[0]!);
    expect(front?.components.map(({ fileName }) => fileName)).toEqual(['Key_Server_Grid_Service.gar']);
    expect(front?.secrets).toEqual([{ name: 'sealing-key', byteCount: 32 }]);
    expect(front?.endpoints).toEqual([
      { service: 'key-server', protocol: 'https', port: 8443, readyPath: '/readyz' },
    ]);
    expect(back?.components.map(({ fileName }) => fileName)).toEqual(['database.sql']);
    expect(back).toMatchObject({ secrets: [], endpoints: [] });
  });

  it('changes a configuration’s digest with what is in it, and with nothing else', () => {
    const digests = (attempt: Attempt) =>
      desiredOf(attempt).vms.map(({ configurations }) => configurations[0]?.digest);
    const before = digests({});
    expect(digests({})).toEqual(before);
    expect(digests({ parameters: { ...given, 'not-asked-for': 1 } })).toEqual(before);
    const [front, back] = digests({ parameters: { 'token-issuers': [{ issuer: 'x' }] } });
    expect([front === before[0], back === before[1]]).toEqual([false, true]);
    const [unchanged, changed] = digests({
      radl: fig3.replace("'SQL_Keys': file", "'SQL_Keys': owner => 'x', file"),
    });
    expect([unchanged === before[0], changed === before[1]]).toEqual([true, false]);
  });

  it('numbers the VMs of one system from 1, and all of them use the database', () => {
    const three = desiredOf({ radl: fig3.replace('deploy GT4_JAVA_ANT 1', 'deploy GT4_JAVA_ANT 3') });
    const fronts = three.vms
      .filter(({ systemId }) => systemId === 'GT4_JAVA_ANT')
      .map(({ spec }) => spec.name);
    expect(fronts.map((name) => name.at(-1))).toEqual(['1', '2', '3']);
    expect(three.databases[0]?.usedBy).toEqual(fronts);
  });
});

describe('problems', () => {
  it('RADL401: names the requirement that failed, and the nearest image', () => {
    const radl = fig3.replace("version = '1.8.2'", "version = '99'");
    const [problem, ...others] = problemsOf({ radl });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'RADL401', severity: 'error' });
    expect(problem?.message).toMatch(/^System GT4_JAVA_ANT: .*nearest is 'Base Toolkits'.*lacks ant.*99/);
    expect(lineAt(radl, problem!)).toContain('system GT4_JAVA_ANT');
  });

  it('RADL401: an image that the VM manager cannot boot does not match', () => {
    const vmis = keyServerImages.map((vmi) => ({ ...vmi, artifacts: [] }));
    const matching = (among: readonly Vmi[]): Pick<Offers, 'matchImages'> => ({
      matchImages: (requirements) => matchImages(requirements, among),
    });
    expect(codesOf({ offers: matching(vmis) })).toEqual(['RADL401', 'RADL401']);
    expect(codesOf({ offers: matching([]) })).toEqual(['RADL401', 'RADL401']);
  });

  it('RADL402: names the clouds that there are', () => {
    const radl = fig3.replaceAll(/^deploy (\w+) 1$/gm, 'deploy $1 1 nowhere');
    const problems = problemsOf({ radl });
    expect(problems.map(({ code }) => code)).toEqual(['RADL402', 'RADL402']);
    expect(problems[0]).toMatchObject({
      message: expect.stringContaining("'nowhere'"),
      hint: 'There are: memory, other.',
    });
  });

  it('RADL403: names the component, the system and the components that there are', () => {
    const radl = fig3.replace('Key_Server_Grid_Service.gar', 'Other.gar');
    const [problem, ...others] = problemsOf({ radl });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      code: 'RADL403',
      message: "Configure of GT4_JAVA_ANT: no component 'Other.gar' is in the repository.",
      hint: 'There are: Key_Server_Grid_Service.gar, database.sql.',
    });
    expect(lineAt(radl, problem!)).toContain('configure GT4_JAVA_ANT');
  });

  it('RADL404: names the database that a component needs and nobody creates', () => {
    const radl = fig3.replace("create_database {'SQL_Keys'", "create_database {'SQL_Shares'");
    const [problem, ...others] = problemsOf({ radl });
    expect(others).toEqual([]);
    expect(problem?.code).toBe('RADL404');
    expect(problem?.message).toContain("needs database 'SQL_Keys', which no configure creates");
    expect(problem?.hint).toContain("create_database {'SQL_Keys'");
    expect(lineAt(radl, problem!)).toContain('configure GT4_JAVA_ANT');
  });

  it('RADL405: names the database that is created twice, at its second place', () => {
    const again = "create_database {'SQL_Keys': file => 'database.sql'}\n  deploy_gs";
    const radl = fig3.replace('deploy_gs', again);
    const [problem, ...others] = problemsOf({ radl });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'RADL405', message: "Database 'SQL_Keys' is created twice." });
    expect(lineAt(radl, problem!)).toContain('configure BACKEND_POSTGRESQL');
  });

  it('RADL406: names the parameter that must be given, not the one that may', () => {
    const [problem, ...others] = problemsOf({ parameters: { 'log-level': 'debug' } });
    expect(others).toEqual([]);
    expect(problem?.code).toBe('RADL406');
    expect(problem?.message).toContain("needs the parameter 'token-issuers': whose tokens are accepted");
  });

  it('RADL408: refuses to tear apart systems that a private network joins', () => {
    const radl = fig3
      .replace('deploy GT4_JAVA_ANT 1', 'deploy GT4_JAVA_ANT 1 memory')
      .replace('deploy BACKEND_POSTGRESQL 1', 'deploy BACKEND_POSTGRESQL 1 other');
    const [problem, ...others] = problemsOf({ radl });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      code: 'RADL408',
      message:
        "Systems GT4_JAVA_ANT and BACKEND_POSTGRESQL are joined by a private network, so they cannot be on 'memory' and 'other'.",
    });
    expect(lineAt(radl, problem!)).toContain('system BACKEND_POSTGRESQL');
  });

  it('RADL411: says of each VM manager why it cannot take a group', () => {
    const full = { vms: { used: 3, limit: 4 } };
    const vmms = keyServerOffers.vmms.map((each) => ({ ...each, quota: full }));
    const [problem, ...others] = problemsOf({ offers: { vmms } });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      message:
        'No VM manager can take GT4_JAVA_ANT, BACKEND_POSTGRESQL. memory: 2 VMs asked for, 1 of its quota of 4 left. other: 2 VMs asked for, 1 of its quota of 4 left.',
    });
    expect(lineAt(fig3, problem!)).toContain('system GT4_JAVA_ANT');
    expect(problem).not.toHaveProperty('cloudId');
    const radl =
      "network public (outbound = 'yes')\nsystem a (cpu.count >= 1)\ndeploy a 2 other\ndeploy a 1 memory";
    const [first, second] = vmms.map((each) => ({ ...each, quota: each.name === 'other' ? full : {} }));
    const atOne = problemsOf({ radl, offers: { vmms: [first!, second!] } });
    expect(atOne).toMatchObject([{ code: 'RADL411', cloudId: 'other' }]);
  });

  it('RADL409: refuses two systems that would have VMs of the same name', () => {
    const radl =
      'network private\nsystem a_b (cpu.count >= 1)\nsystem a-b (cpu.count >= 1)\ndeploy a_b 1\ndeploy a-b 1';
    const [problem, ...others] = problemsOf({ radl });
    expect(others).toEqual([]);
    expect(problem?.code).toBe('RADL409');
    expect(problem?.message).toContain("'a_b' and 'a-b'");
    expect(problem?.span.line).toBe(3);
  });

  it('come all in one answer, each with its place', () => {
    const radl = fig3
      .replace("version = '1.8.2'", "version = '99'")
      .replace("file => 'database.sql'", "file => 'lost.sql'")
      .replace("create_database {'SQL_Keys'", "create_database {'SQL_Shares'");
    const problems = problemsOf({ radl, parameters: {} });
    expect(problems.map(({ code }) => code).toSorted()).toEqual(['RADL401', 'RADL403', 'RADL404', 'RADL406']);
    for (const problem of problems) {
      expect(problem.severity).toBe('error');
      expect(lineAt(radl, problem)).toMatch(/^(system|configure|deploy) /);
    }
  });
});
