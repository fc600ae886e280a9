import { readFileSync } from 'node:fs';
import { type Vmi, matchImages } from '@trencadis/image-catalog';
import { type Diagnostic, hasErrors, readRadl } from '@trencadis/radl';
import { describe, expect, it } from 'vitest';
import type { DesiredInfrastructure, Infrastructure } from './model.ts';
import type { Offers } from './offers.ts';
import { resolveDesired } from './resolve-desired.ts';
import { exampleInfrastructure } from './testing/examples.ts';
import { exampleConfigurator, keyServerImages, keyServerOffers } from './testing/key-server-offers.ts';

const fig3 = readFileSync(
  new URL('../../service-descriptions/key-server/key-server.radl', import.meta.url),
  'utf8',
);
const given = { 'token-issuers': [] };

interface Attempt {
  readonly radl?: string;
  readonly offers?: Partial<Offers>;
  readonly parameters?: Infrastructure['parameters'];
  readonly infrastructure?: Partial<Infrastructure>;
}

function resolve({ radl = fig3, offers = {}, parameters = given, infrastructure: changes = {} }: Attempt) {
  const { document, diagnostics } = readRadl(radl, { dialect: 'paper' });
  if (hasErrors(diagnostics)) throw new Error(JSON.stringify(diagnostics));
  const infrastructure = exampleInfrastructure('keys', { radl, parameters, dialect: 'paper', ...changes });
  return resolveDesired(infrastructure, document, { ...keyServerOffers, ...offers });
}

function desiredOf(attempt: Attempt): DesiredInfrastructure {
  const resolution = resolve(attempt);
  if (resolution.kind === 'desired') return resolution.desired;
  throw new Error(JSON.stringify(resolution.diagnostics));
}

function problemsOf(attempt: Attempt): readonly Diagnostic[] {
  const resolution = resolve(attempt);
  return resolution.kind === 'problems' ? resolution.diagnostics : [];
}

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

describe('placing', () => {
  const placesOf = (attempt: Attempt) => desiredOf(attempt).vms.map(({ systemId, vmm }) => [systemId, vmm]);

  it('takes a private network with all its systems to the VM manager that one of them names', () => {
    const radl = fig3.replace('deploy BACKEND_POSTGRESQL 1', 'deploy BACKEND_POSTGRESQL 1 other');
    const { vms, networks, placements } = desiredOf({ radl });
    expect(new Set([...vms, ...networks].map(({ vmm }) => vmm))).toEqual(new Set(['other']));
    expect(placements).toMatchObject([{ vmm: 'other', because: 'the document says so' }]);
  });

  it('leaves VMs where they are, whatever comes first now', () => {
    const members = [
      { systemId: 'GT4_JAVA_ANT', number: 1, ordinal: 0, vmm: 'other' },
      { systemId: 'BACKEND_POSTGRESQL', number: 1, ordinal: 1, vmm: 'other' },
    ];
    expect(placesOf({ infrastructure: { members, nextOrdinal: 2 } })).toEqual([
      ['GT4_JAVA_ANT', 'other'],
      ['BACKEND_POSTGRESQL', 'other'],
    ]);
  });

  it('makes a public network at each VM manager that needs it', () => {
    const radl = `network public (outbound = 'yes')
      system front (net_interface.0.connection = 'public')
      deploy front 1 memory
      deploy front 2 other`;
    const { vms, networks } = desiredOf({ radl });
    expect(networks.map(({ vmm, kind }) => [vmm, kind])).toEqual([
      ['memory', 'public'],
      ['other', 'public'],
    ]);
    expect(vms.map(({ vmm, number, ordinal }) => [vmm, number, ordinal])).toEqual([
      ['memory', 1, 0],
      ['other', 2, 1],
      ['other', 3, 2],
    ]);
  });
});

describe('a member', () => {
  const radl = `network public (outbound = 'yes')
    system front (cpu.count = 1 and net_interface.0.connection = 'public' and disk.1.size = 1Gi and disk.1.mount_path = '/a')
    deploy front 2`;
  const members = [
    { systemId: 'front', number: 1, ordinal: 0, vmm: 'memory', isStopped: true },
    {
      systemId: 'front',
      number: 4,
      ordinal: 7,
      vmm: 'memory',
      alteration: {
        cpuCount: 3,
        memoryMiB: 2048,
        disks: [
          { index: 1, sizeGiB: 5, mountPath: '/b', isPersistent: false },
          { index: 2, sizeGiB: 2, mountPath: '/c', isPersistent: false },
        ],
      },
    },
  ];
  const { vms, disks, id } = desiredOf({ radl, infrastructure: { members, nextOrdinal: 8 } });

  it('keeps number, ordinal and whether it is off', () => {
    expect(vms.map(({ spec, ordinal, isStopped }) => [spec.name, ordinal, isStopped])).toEqual([
      [`${id}-front-1`, 0, true],
      [`${id}-front-4`, 7, false],
    ]);
  });

  it('has what was altered for it alone', () => {
    expect(vms.map(({ spec }) => [spec.cpuCount, spec.memoryMiB])).toEqual([
      [1, 512],
      [3, 2048],
    ]);
    expect(vms.map(({ spec }) => spec.disks.map(({ mountPath }) => mountPath))).toEqual([
      ['/a'],
      ['/b', '/c'],
    ]);
    expect(disks.map(({ sizeGiB }) => sizeGiB)).toEqual([1, 5, 2]);
  });
});

describe('contextualization', () => {
  const base = `network private
    system front (net_interface.0.connection = 'private')
    system back (net_interface.0.connection = 'private')
    configure one (deploy_gs {'Key_Server_Grid_Service.gar': })
    configure two (create_database {'SQL_Keys': file => 'database.sql'})
    deploy front 1
    deploy back 2
    `;
  const stepsOf = (radl: string) =>
    desiredOf({ radl }).vms.map(({ spec, configurations }) => [
      spec.name.replace(/^inf-\w+-/, ''),
      ...configurations.map(({ step, configurator, timeoutMs }) => `${step}:${configurator}:${timeoutMs}`),
    ]);

  it('goes in steps, with the time limit of the document', () => {
    const steps = 'contextualize (system front configure one step 2 system front configure two step 1)';
    expect(stepsOf(base + steps)).toEqual([
      ['front-1', '1:puppet:900000', '2:puppet:900000'],
      ['back-1'],
      ['back-2'],
    ]);
    const limited = 'contextualize 60 (system front configure one system back configure two)';
    expect(stepsOf(base.replace('deploy back 2', 'deploy back 1') + limited)).toEqual([
      ['front-1', '1:puppet:60000'],
      ['back-1', '1:puppet:60000'],
    ]);
  });

  it('says who builds on whom: all where a recipe uses peers, else who shares a database', () => {
    const text = `${base.replace('back 2', 'back 1')}
      contextualize (system front configure one system back configure two)`;
    const peersOf = (offers: Partial<Offers> = {}) =>
      desiredOf({ radl: text, offers }).vms.map(({ peers }) =>
        peers === 'all' ? peers : peers.map((name) => name.replace(/^inf-\w+-/, '')),
      );
    expect(peersOf()).toEqual([['back-1'], ['front-1']]);
    const inspect: (typeof exampleConfigurator)['inspect'] = (recipe) => {
      const inspection = exampleConfigurator.inspect(recipe);
      return { ...inspection, usesPeers: inspection.databases.length > 0 };
    };
    const configurators = new Map([['puppet', { ...exampleConfigurator, inspect }]]);
    expect(peersOf({ configurators })).toEqual([['back-1'], 'all']);
  });
});

describe('problems', () => {
  it('RADL410: says that a service cannot be deployed yet, and plans nothing in its place', () => {
    const service = "service keys (system = 'GT4_JAVA_ANT' and replicas.min = 2)";
    const radl = fig3.replace('deploy GT4_JAVA_ANT 1', `${service}\ndeploy keys`);
    const [problem, ...others] = problemsOf({ radl });
    expect(problem).toMatchObject({ code: 'RADL410', severity: 'error' });
    expect(lineAt(radl, problem!)).toBe('deploy keys');
    expect(others).toEqual([]);
  });

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
