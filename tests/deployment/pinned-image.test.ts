import { brandId, sha256OfText } from '@trencadis/ids';
import type { Plan } from '@trencadis/infrastructure';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalogAdmin } from './simulated-platform.ts';
import { SimulatedService, keyServerRequest } from './simulated-service.ts';

const id = brandId('VmiId', 'base-toolkits');
let simulated: SimulatedService;

beforeAll(async () => {
  simulated = await SimulatedService.start();
  await deploy();
});
afterAll(() => simulated[Symbol.asyncDispose]());

async function planNow(): Promise<Plan> {
  const planning = await simulated.service.plan(keyServerRequest, AbortSignal.timeout(40_000));
  if (planning.kind !== 'planned') throw new Error(JSON.stringify(planning.diagnostics));
  return planning.plan;
}

async function deploy(): Promise<void> {
  const plan = await planNow();
  await simulated.apply(plan);
  expect(await simulated.wait(plan)).toBe('succeeded');
}

/** A version of Base Toolkits like its newest one, with other bytes. */
async function registerVersion(bytes: string): Promise<number> {
  const { catalog } = simulated.platform;
  const { image, versions } = await catalog.get(catalogAdmin, id);
  const { metadata } = versions.at(-1)!;
  const artifacts = [{ vmm: 'memory', location: bytes, digest: sha256OfText(bytes) }];
  const { name, description, labels } = image;
  const registration = { id, name, description, labels, metadata, artifacts };
  return (await catalog.register(catalogAdmin, registration)).number;
}

const revoke = (number: number) =>
  simulated.platform.catalog.setState(catalogAdmin, { id, number }, { to: 'revoked' });
const digestsUsed = () =>
  [...simulated.platform.site.vms.values()].map((vm) => vm.spec.image.digest).toSorted();

it('a newer version of an image changes nothing that runs, until the one that runs is revoked', async () => {
  expect(await planNow()).toMatchObject({ steps: [] });
  const before = digestsUsed();
  expect(await registerVersion('newer')).toBe(2);
  expect(await planNow()).toMatchObject({ steps: [] });
  await simulated.platform.catalog.setState(catalogAdmin, { id, number: 1 }, { to: 'deprecated' });
  expect(await planNow()).toMatchObject({ steps: [] });
  await revoke(1);
  expect((await planNow()).steps.map(({ kind }) => kind)).toContain('create-vm@1');
  await deploy();
  expect(digestsUsed()).not.toEqual(before);
  expect(digestsUsed()).toContain(sha256OfText('newer'));
  expect(await planNow()).toMatchObject({ steps: [] });
});

it('a VM that is off is started, not made anew from a newer version', async () => {
  const before = digestsUsed();
  expect(await registerVersion('newest')).toBe(3);
  const [lost] = [...simulated.platform.site.vms.keys()];
  simulated.platform.site.vms.get(lost!)!.isOn = false;
  await deploy();
  expect(digestsUsed()).toEqual(before);
});

it('VMs that vanished are made anew from what was deployed, until that is revoked', async () => {
  const before = digestsUsed();
  const { vms } = simulated.platform.site;
  vms.clear();
  await deploy();
  expect(digestsUsed()).toEqual(before);
  vms.clear();
  await revoke(2);
  await deploy();
  expect(digestsUsed()).not.toEqual(before);
  expect(digestsUsed()).toContain(sha256OfText('newest'));
});
