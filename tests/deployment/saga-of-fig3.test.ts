import { newPlanId } from '@trencadis/ids';
import { type StepWorld, infrastructureSteps } from '@trencadis/infrastructure';
import type { StepGraph } from '@trencadis/saga';
import { type SagaWorld, itResumesAfterEveryLogWrite, itUnwindsFromEveryStep } from '@trencadis/saga/testing';
import { afterAll, describe, expect } from 'vitest';
import { keyServer, planKeyServer } from './plan-key-server.ts';
import { type SimulatedPlatform, simulatePlatform } from './simulated-platform.ts';

const platforms: SimulatedPlatform[] = [await simulatePlatform()];
afterAll(async () => {
  for (const platform of platforms) await platform[Symbol.asyncDispose]();
});

const steps = await planKeyServer(platforms[0]!);
const graph: StepGraph = { planId: newPlanId(), steps, onFailure: 'undo' };

async function makeWorld(): Promise<SagaWorld<StepWorld>> {
  const platform = await simulatePlatform();
  platforms.push(platform);
  await platform.world.store.insert(keyServer);
  return {
    stepKinds: infrastructureSteps,
    makeContext: () => platform.world,
    leftovers: async () => [
      ...platform.site.leftovers(),
      ...Object.keys(await platform.world.store.configuredDigests(keyServer.id)),
    ],
    expectDone: async () => {
      expect([...platform.site.vms.keys()].map((name) => name.slice(13)).toSorted()).toEqual([
        'backend-postgresql-1',
        'gt4-java-ant-1',
      ]);
      expect(platform.site.networks.size).toBe(2);
      const digests = await platform.world.store.configuredDigests(keyServer.id);
      expect(Object.keys(digests)).toHaveLength(2);
    },
  };
}

describe('the plan of Fig. 3', () => {
  itUnwindsFromEveryStep(graph, makeWorld);
  itResumesAfterEveryLogWrite(graph, makeWorld);
});
