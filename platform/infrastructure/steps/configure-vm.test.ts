import { systemClock } from '@trencadis/clock';
import type { ConfigurationJob } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import { sha256OfJson, sha256OfText } from '@trencadis/ids';
import { parseSealingKey } from '@trencadis/sealing';
import type { VmmDriver } from '@trencadis/vmm';
import { describe, expect, it } from 'vitest';
import { PeerAddresses } from '../configuration-key.ts';
import { planDeploy } from '../plan.ts';
import { type ConfigureVmArgs, configureVmArgs } from '../step-arguments.ts';
import { nothingObserved } from '../testing/arbitrary-infrastructure.ts';
import { desiredFront, exampleInfrastructure } from '../testing/examples.ts';
import { fixedVmms } from '../testing/fixed-vmms.ts';
import { createMemoryInfrastructureStore } from '../testing/memory-store.ts';
import { createVault } from '../vault.ts';
import { configureVm } from './configure-vm.ts';

const infrastructure = exampleInfrastructure('front', {
  members: [{ systemId: 'front', number: 1, ordinal: 0, vmm: 'memory' }],
});
const desired = desiredFront(infrastructure);
const { spec, configurations } = desired.vms[0]!;
const configuration = configurations[0]!;
const stage = '1:puppet';
const args: ConfigureVmArgs = configureVmArgs.parse(
  planDeploy(desired, nothingObserved, { hash: sha256OfJson }).find(({ kind }) => kind === 'configure-vm@2')
    ?.args,
);
const component = { fileName: 'a.gar', version: '1', digest: sha256OfText('a.gar') };

interface Site {
  readonly components?: readonly object[];
  readonly failure?: Error;
  /** How long the configurator takes. */
  readonly waitMs?: number;
  readonly delivery?: object;
}

const addresses = [{ network: spec.interfaces[0]!.network, address: '10.0.0.2' }];

/** A world whose VM runs, was configured before, and whose configurator and shell take note. */
async function makeWorld({ components = [component], failure, delivery, waitMs = 0 }: Site = {}) {
  const jobs: ConfigurationJob[] = [];
  const timeouts: number[] = [];
  const lines: string[] = [];
  const store = createMemoryInfrastructureStore();
  await store.insert(infrastructure);
  const older = { name: spec.name, stage, key: sha256OfText('an older one') };
  await store.setConfigured(infrastructure.id, older);
  const shells = { opened: 0, closed: 0 };
  const shell = { close: async () => void (shells.closed += 1) };
  const vm = {
    ...spec,
    addresses,
    ssh: { host: '10.0.0.2', port: 22, user: 'root' },
    hostKeys: ['ssh-ed25519 AAAA'],
  };
  const configure = async (_shell: unknown, job: ConfigurationJob, options: { timeoutMs: number }) => {
    await systemClock.sleep(waitMs);
    if (failure) throw failure;
    timeouts.push(options.timeoutMs);
    jobs.push(job);
  };
  const capabilities = { product: 'memory', shell: true };
  const driver = {
    capabilities,
    describeVm: async () => vm,
    listVms: async () => [vm],
  } as unknown as VmmDriver;
  const world = {
    vmms: fixedVmms(new Map([['memory', driver]])),
    shells: {
      connect: async () => {
        shells.opened += 1;
        return shell;
      },
    },
    configurators: new Map([['puppet', { configure }]]),
    components: { list: async () => components, read: async () => Buffer.from('content') },
    ...(delivery && { delivery }),
    store,
    vault: createVault({
      store,
      sealingKey: parseSealingKey(Buffer.alloc(32, 1).toString('base64url')),
      clock: systemClock,
    }),
    clock: systemClock,
    signal: AbortSignal.timeout(10_000),
    progress: (line: string) => void lines.push(line),
  } as unknown as Parameters<typeof configureVm.run>[0];
  const configured = () => store.configuredKeys(infrastructure.id);
  return { world, jobs, timeouts, shells, configured };
}

describe('configure-vm', () => {
  it('hands over recipe, files and facts, and remembers what the VM was brought to', async () => {
    const { world, jobs, timeouts, shells, configured } = await makeWorld();
    await configureVm.run(world, args);
    expect(jobs).toHaveLength(1);
    expect(timeouts).toEqual([configuration.timeoutMs]);
    expect(jobs[0]).toMatchObject({
      vmName: spec.name,
      recipe: configuration.recipe,
      components: [{ fileName: 'a.gar', digest: component.digest }],
      context: { addresses: { private: '10.0.0.2' } },
    });
    expect(await jobs[0]!.components[0]!.content()).toEqual(Buffer.from('content'));
    expect(jobs[0]!.components[0]).not.toHaveProperty('order');
    expect(Object.keys(jobs[0]!.context.secrets)).toEqual(['sealing-key']);
    const known = new PeerAddresses([{ name: spec.name, addresses }], sha256OfJson);
    const key = known.keyOf({ name: spec.name, peers: [] }, configuration);
    expect(await configured()).toEqual({ [spec.name]: { [stage]: key } });
    expect(shells).toEqual({ opened: 1, closed: 1 });
  });

  it('orders each file for this VM where files can be fetched, no sooner than it is asked to', async () => {
    const ordered: unknown[] = [];
    const order = async (...what: unknown[]) => void ordered.push(what);
    const { world, jobs } = await makeWorld({ delivery: { order } });
    await configureVm.run(world, args);
    expect(ordered).toEqual([]);
    await jobs[0]!.components[0]!.order?.();
    expect(ordered).toEqual([[component, spec.name]]);
  });

  it('that fails leaves the VM unconfigured, so that the next plan tries again, and no shell open', async () => {
    const failure = new PlatformError('invalid-argument', 'Deploy_gs[a.gar] failed: no space left.');
    const { world, shells, configured } = await makeWorld({ failure });
    await expect(configureVm.run(world, args)).rejects.toBe(failure);
    expect(await configured()).toEqual({});
    expect(shells).toEqual({ opened: 1, closed: 1 });
  });

  it('that has had all its time is not tried again, and is told by VM, step and limit', async () => {
    const failure = new PlatformError('unavailable', 'Puppet on VM x did not end within 0.01 s.');
    const { world } = await makeWorld({ failure, waitMs: 30 });
    const short = { ...args, configuration: { ...configuration, timeoutMs: 10 } };
    await expect(configureVm.run(world, short)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(`Step 1 (puppet) of VM ${spec.name} had 0.01 s, its limit`) as string,
    });
    const { world: inTime } = await makeWorld({ failure });
    await expect(configureVm.run(inTime, args)).rejects.toBe(failure);
  });

  it('without its file names it and touches nothing', async () => {
    const { world, jobs, shells, configured } = await makeWorld({
      components: [{ ...component, digest: sha256OfText('another content') }],
    });
    await expect(configureVm.run(world, args)).rejects.toMatchObject({ code: 'not-found', subject: 'a.gar' });
    expect(jobs).toEqual([]);
    expect(shells.opened).toBe(0);
    expect(Object.keys(await configured())).toEqual([spec.name]);
  });

  it('keeps no secret in what is stored of the plan', async () => {
    const { world, jobs } = await makeWorld();
    await configureVm.run(world, args);
    const { secrets, databases, certificate } = jobs[0]!.context;
    const values = [secrets['sealing-key']!, databases['SQL_Keys']!.password, certificate.privateKeyPem];
    for (const value of values) expect(JSON.stringify(args)).not.toContain(value);
  });
});
