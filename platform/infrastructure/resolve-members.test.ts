import { describe, expect, it } from 'vitest';
import type { Offers } from './offers.ts';
import { exampleConfigurator } from './testing/key-server-offers.ts';
import { type Attempt, desiredOf, fig3 } from './testing/resolve-attempt.ts';

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
