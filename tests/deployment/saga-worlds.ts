import { brandId, newPlanId } from '@trencadis/ids';
import { type ChangeRequest, type StepWorld, infrastructureSteps } from '@trencadis/infrastructure';
import { type PlannedStep, type StepGraph, stepKindsByName, topologicalOrder } from '@trencadis/saga';
import type { MakeWorld } from '@trencadis/saga/testing';
import type { MemoryVmmWorld } from '@trencadis/vmm-memory';
import { expect } from 'vitest';
import { keyServer, planKeyServer } from './plan-key-server.ts';
import { type SimulatedPlatform, type SimulationOptions, simulatePlatform } from './simulated-platform.ts';

export interface SagaCase {
  readonly graph: StepGraph;
  readonly makeWorld: MakeWorld<StepWorld>;
  readonly dispose: () => Promise<void>;
}

/**
 * The plan of `change` where the changes before it are done. Each world of the case begins there; its leftovers are
 * what its sites and its store have beyond that.
 */
export async function sagaOf(
  change: ChangeRequest,
  {
    after = [],
    manners = () => ({}),
  }: { readonly after?: readonly ChangeRequest[]; readonly manners?: () => SimulationOptions } = {},
): Promise<SagaCase> {
  const platforms: SimulatedPlatform[] = [];
  const makePlatform = async () => {
    const platform = await simulatePlatform(manners());
    platforms.push(platform);
    for (const each of after) await runChange(platform, each);
    return platform;
  };
  const { id: planId, steps } = await planKeyServer(await makePlatform(), change);
  return {
    graph: { planId, steps, onFailure: 'undo' },
    makeWorld: async () => {
      const platform = await makePlatform();
      await claim(platform, change);
      const before = new Set(await inventoryOf(platform));
      return {
        stepKinds: infrastructureSteps,
        makeContext: () => platform.world,
        leftovers: async () => (await inventoryOf(platform)).filter((each) => !before.has(each)),
        expectDone: async () => {
          expect((await planKeyServer(platform, { kind: 'repair' })).steps).toEqual([]);
          expect(await namesAsDesired(platform)).toBe(true);
        },
      };
    },
    dispose: async () => {
      for (const platform of platforms) await platform[Symbol.asyncDispose]();
    },
  };
}

/** Plans a change and does it all, one step after the other. */
export async function runChange(platform: SimulatedPlatform, change: ChangeRequest): Promise<void> {
  await runAll(platform, await claim(platform, change));
}

/** Up to where applying a plan starts it: the infrastructure has its target. */
async function claim(platform: SimulatedPlatform, change: ChangeRequest): Promise<readonly PlannedStep[]> {
  const { steps, target, placements } = await planKeyServer(platform, change);
  const vmms = placements.map(({ vmm }) => vmm);
  await platform.world.store.updateTarget(keyServer.id, target, { planId: newPlanId(), vmms });
  return steps;
}

async function runAll({ world }: SimulatedPlatform, steps: readonly PlannedStep[]): Promise<void> {
  const kinds = stepKindsByName<StepWorld>(infrastructureSteps);
  const context = { ...world, signal: AbortSignal.timeout(10_000), progress: () => undefined };
  for (const { kind, args } of topologicalOrder(steps).ordered) {
    const known = kinds.get(kind);
    await known?.run(context, known.args.parse(args) as never);
  }
}

/** Everything that there is, with all that a step may change of it. */
async function inventoryOf(platform: SimulatedPlatform): Promise<readonly string[]> {
  const { site, second, world, guests, balancers, scalingGroups } = platform;
  const mounted = [...guests].flatMap(([name, { mounts }]) =>
    site.vms.has(brandId('VmName', name)) ? [...mounts.keys()].map((path) => `mounted ${name} ${path}`) : [],
  );
  const stages = Object.entries(await world.store.configuredKeys(keyServer.id));
  return [
    ...siteInventory('memory', site),
    ...siteInventory('second', second.world),
    ...mounted,
    ...balancers.inventory(),
    ...scalingGroups.inventory(),
    ...stages.flatMap(([name, keys]) => Object.keys(keys).map((stage) => `configured ${name} ${stage}`)),
  ];
}

function siteInventory(key: string, site: MemoryVmmWorld): readonly string[] {
  const vms = [...site.vms.values()].map(({ spec, isOn }) => {
    const disks = spec.disks.map(({ disk, mountPath }) => `${disk}=${mountPath}`).join();
    return `vm:${spec.name} ${spec.cpuCount} CPU ${spec.memoryMiB} MiB [${disks}] ${isOn ? 'on' : 'off'}`;
  });
  const ports = [...site.networks.values()].map(
    ({ network: { name, openPorts = [] } }) => `ports of ${name} ${JSON.stringify(openPorts)}`,
  );
  const others = site.leftovers().filter((each) => !each.startsWith('vm:'));
  return [...vms, ...ports, ...others].map((each) => `${key} ${each}`);
}

async function namesAsDesired({ site, second, world }: SimulatedPlatform): Promise<boolean> {
  const { members = [] } = (await world.store.find(keyServer.id)) ?? {};
  const wanted = new Set(members.map(({ systemId, number, vmm }) => `${vmm} ${systemId} ${number}`));
  return wanted.size === site.vms.size + second.world.vms.size;
}
