import { systemClock } from '@trencadis/clock';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KeptService } from './kept-service.ts';
import type { Load } from './load.ts';
import { addWebComponent, webDocument } from './web-service.ts';

const document = webDocument({ min: 2, max: 4, more: 'and roll.stuck_after = 30' });
let service: KeptService;

beforeAll(async () => {
  service = await KeptService.start();
  await addWebComponent(service.trencadis, '1.0.0');
  await service.deploy(document);
  await service.whole(2);
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
});

/** Requests go on until every replica is up to date: what failed, and which versions answer then. */
async function rolled(load: Load, at: number) {
  await service.until('up to date', ({ replicas, roll, inService }) => {
    const isDone =
      replicas.length === 2 && replicas.every(({ isOutdated, member }) => !isOutdated && member === 'up');
    return isDone && roll === undefined && inService === 2;
  });
  const done = systemClock.now().getTime();
  await systemClock.sleep(1_000);
  const { failed, answered } = await load.end();
  const versions = new Set(answered.filter((each) => each.at > done).map((each) => each.version));
  console.log(
    `To ${[...versions].join()} in ${done - at} ms; ${answered.length} requests, ${failed.length} failed.`,
  );
  return { failed, versions };
}

/** As an operator asks for it. */
async function rolledBack() {
  await using load = await service.load();
  const at = systemClock.now().getTime();
  await service.trencadis.run('service', 'rollback', 'site');
  await service.eventAfter(at, 'roll');
  return await rolled(load, at);
}

const smoothlyTo = (version: string) => ({ failed: [], versions: new Set([version]) });

it('brings a new version of a component to all replicas, one after the other', async () => {
  await addWebComponent(service.trencadis, '2.0.0');
  await using load = await service.load();
  const at = systemClock.now().getTime();
  const plan = await service.deploy(document);
  expect(plan).toContain('2 replicas follow in their turn');
  await service.eventAfter(at, 'roll');
  expect(await rolled(load, at)).toEqual(smoothlyTo('2.0.0'));
});

it('goes back to the version before', async () => {
  expect(await rolledBack()).toEqual(smoothlyTo('1.0.0'));
});

it('goes on with a roll that the platform was killed in', async () => {
  await addWebComponent(service.trencadis, '3.0.0');
  await using load = await service.load();
  const at = systemClock.now().getTime();
  await service.deploy(document);
  await service.eventAfter(at, 'roll');
  await service.killPlatform();
  expect(await rolled(load, at)).toEqual(smoothlyTo('3.0.0'));
});

it('goes back by itself from a version that never becomes well', async () => {
  await addWebComponent(service.trencadis, '4.0.0', { isBroken: true });
  await using load = await service.load();
  const before = await load.version();
  const at = systemClock.now().getTime();
  await service.deploy(document);
  await service.until('rolling', ({ roll }) => roll !== undefined);
  expect(await rolled(load, at)).toEqual(smoothlyTo(before));
});

it('is led by a person to the version before, not to the one that it went back from', async () => {
  expect(await rolledBack()).toEqual(smoothlyTo('1.0.0'));
});

it('reboots the replicas one after the other', async () => {
  const { replicas } = await service.status();
  await using load = await service.load();
  const names = replicas.map(({ name }) => name);
  const told = await service.trencadis.run('reboot', 'web', ...names, '--yes');
  expect(told).toMatch(/done: let web-1 into service site.*started: take web-2 out of service site/s);
  await service.whole(2);
  const { failed, answered } = await load.end();
  console.log(`Rebooted; ${answered.length} requests, ${failed.length} failed.`);
  expect(failed).toEqual([]);
});
