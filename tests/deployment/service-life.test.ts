import { readFile } from 'node:fs/promises';
import { packGar } from '@trencadis/component-repository/testing';
import { type VmName, brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { leapingClock } from './leaping-clock.ts';
import { deployOf, keyServer, planKeyServer } from './plan-key-server.ts';
import { runChange } from './saga-worlds.ts';
import { changed, deployed, replica, scaleTo, short } from './service-changes.ts';
import { serviceDocument } from './service-document.ts';
import { type SimulatedPlatform, simulatePlatform } from './simulated-platform.ts';
import { SimulatedService } from './simulated-service.ts';

const database = brandId('VmName', 'inf-keyserv1-backend-postgresql-1');
const balancerHost = brandId('VmName', 'inf-keyserv1-keys-balancer-1');

async function begin(): Promise<SimulatedPlatform> {
  const platform = await simulatePlatform({ clock: leapingClock() });
  await runChange(platform, deployed);
  return platform;
}

async function idsOf(platform: SimulatedPlatform, ...change: Parameters<typeof scaleTo>): Promise<string[]> {
  const { steps } = await planKeyServer(platform, scaleTo(...change));
  return steps.map(({ id }) => short(id));
}

function membersOf({ balancers }: SimulatedPlatform): readonly string[] {
  return balancers.inventory().filter((each) => each.startsWith('member'));
}

describe('a service that is deployed', () => {
  it('keeps its replicas as they are when its document changes, and makes those anew that are gone', async () => {
    await using platform = await begin();
    platform.site.removeVm(replica(2));
    const { steps } = await planKeyServer(platform, changed);
    expect(steps.map(({ id }) => short(id))).toEqual([
      'create-vm:2',
      'await-shell:2',
      'configure-vm:2',
      'configure-vm:database',
      'join-service:2',
    ]);
    await runChange(platform, changed);
    expect((await planKeyServer(platform, { kind: 'repair' })).steps).toEqual([]);
    await runChange(platform, { kind: 'roll', serviceId: 'keys', vms: [replica(1)] });
    const users = platform.configured.findLast(({ vmName }) => vmName === replica(1));
    expect(JSON.stringify(users?.recipe)).toContain('other');
  });

  it('is scaled without a hand on what else has drifted', async () => {
    await using platform = await begin();
    platform.site.resizeVm(database, { cpuCount: 8, memoryMiB: 4096 });
    platform.site.stopVm(replica(2));
    expect(await idsOf(platform, 3)).toEqual([
      'create-vm:3',
      'await-shell:3',
      'configure-vm:3',
      'join-service:3',
    ]);
  });

  it('has the holder of its database let every replica in that there is, and no other', async () => {
    await using platform = await begin();
    const allowed = () => {
      const job = platform.configured.findLast(({ vmName }) => vmName === database);
      return Object.values(job?.context.databases ?? {}).flatMap(({ allowedFrom }) => allowedFrom.length);
    };
    expect(allowed()).toEqual([2]);
    await runChange(platform, scaleTo(3));
    expect(allowed()).toEqual([3]);
    await runChange(platform, scaleTo(3, { retire: [replica(1)] }));
    const both = platform.configured.filter(({ vmName }) => vmName === database).at(-2);
    expect(Object.values(both?.context.databases ?? {})[0]?.allowedFrom).toHaveLength(4);
    expect(allowed()).toEqual([3]);
    await runChange(platform, scaleTo(1, { retire: [replica(2), replica(3)] }));
    expect(allowed()).toEqual([1]);
    expect((await planKeyServer(platform, { kind: 'repair' })).steps).toEqual([]);
  });

  it('is taken up by a balancer that is made anew', async () => {
    await using platform = await begin();
    const before = membersOf(platform);
    platform.site.removeVm(balancerHost);
    expect(membersOf(platform)).toEqual([]);
    await runChange(platform, { kind: 'repair' });
    expect(membersOf(platform)).toEqual(before);
  });

  it('moves to another port of its replicas one after the other', async () => {
    await using platform = await begin();
    const balancer = "balancer.port = 80 and balancer.target_port = 8080 and balancer.protocol = 'http'";
    await runChange(platform, deployOf(serviceDocument({ balancer })));
    expect(membersOf(platform).filter((each) => each.endsWith(':80'))).toHaveLength(2);
    for (const number of [1, 2]) {
      await runChange(platform, { kind: 'roll', serviceId: 'keys', vms: [replica(number)] });
      expect(membersOf(platform).filter((each) => each.endsWith(':8080'))).toHaveLength(number);
    }
  });

  it('waits for what a replica that leaves still has, for as long as its document says', async () => {
    const clock = leapingClock();
    await using platform = await simulatePlatform({ clock });
    await runChange(platform, deployed);
    const [world] = platform.balancers.worlds();
    const retirement = scaleTo(1, { retire: [replica(2)] });
    world!.setSessions(replica(2), 3);
    const start = clock.now().getTime();
    await runChange(platform, retirement);
    const tookMs = clock.now().getTime() - start;
    expect(tookMs).toBeGreaterThanOrEqual(29_000);
    expect(tookMs).toBeLessThan(40_000);
    expect(membersOf(platform)).toHaveLength(1);
  });

  it('is measured from when its document first asks for it, while it goes on serving', async () => {
    await using platform = await begin();
    const measured = deployOf(serviceDocument({ more: 'scale.above = 80' }));
    const { steps } = await planKeyServer(platform, measured);
    expect(steps.map(({ id }) => short(id))).toEqual(['monitor-vm:1', 'monitor-vm:2']);
    await runChange(platform, measured);
    const keys = await platform.world.store.configuredKeys(keyServer.id);
    expect([1, 2].map((number) => Object.keys(keys[replica(number)] ?? {}).includes('monitor'))).toEqual([
      true,
      true,
    ]);
    expect(platform.guests.get(replica(1))?.ran.at(-1)).toMatch(/^sh -c/);
  });

  it('keeps to its components until it is deployed again, and then takes the newest in its turn', async () => {
    await using platform = await begin();
    const versionsOf = (name: VmName) =>
      platform.configured.findLast(({ vmName }) => vmName === name)?.components.map(({ digest }) => digest);
    const before = versionsOf(replica(1));
    const fileName = 'Key_Server_Grid_Service.gar';
    const manifest = await readFile(new URL('../../apps/key-server/component.json', import.meta.url), 'utf8');
    const content = await packGar({ 'component.json': manifest, 'main.mjs': '// newer' });
    await platform.world.components.add({ fileName, version: '2.0.0', description: '', content });
    expect((await planKeyServer(platform, { kind: 'repair' })).steps).toEqual([]);
    await runChange(platform, scaleTo(3));
    expect(versionsOf(replica(3))).toEqual(before);
    await runChange(platform, deployed);
    await runChange(platform, { kind: 'roll', serviceId: 'keys', vms: [replica(1)] });
    expect(versionsOf(replica(1))).not.toEqual(before);
  });

  it('lets nobody in whose checks fail', async () => {
    await using platform = await begin();
    platform.balancers.setHealthy(replica(3), false);
    await expect(runChange(platform, scaleTo(3))).rejects.toThrow(
      `${replica(3)} was not well within 300 s, so service keys does not take it.`,
    );
    expect(await platform.world.store.configuredKeys(keyServer.id)).not.toHaveProperty([
      replica(3),
      'service:keys',
    ]);
  });
});

describe('a launch that fails', () => {
  it('is undone: the counts are those of before, the others serve, and the status says so', async () => {
    const options = { clock: leapingClock(), failConfigurationOf: 'java-ant-3' };
    await using simulated = await SimulatedService.start(options);
    const plan = await simulated.plan(serviceDocument());
    await simulated.apply(plan);
    expect(await simulated.wait(plan)).toBe('succeeded');
    const before = await simulated.infrastructureOf(plan);
    const asDesired = { type: 'AsDesired', status: 'true', reason: 'NothingDrifted' };
    expect(await simulated.statusOf(plan)).toMatchObject({ phase: 'deployed' });
    expect((await simulated.statusOf(plan)).conditions).toContainEqual(asDesired);

    const launch = await simulated.planChange(plan, scaleTo(3));
    await simulated.apply(launch);
    expect(await simulated.wait(launch)).toBe('undone');
    const after = await simulated.infrastructureOf(plan);
    expect([after.replicas, after.members]).toEqual([before.replicas, before.members]);
    // The holder of the database may have let it in already: the next plan takes that back.
    const repair = await simulated.planChange(plan, { kind: 'repair' });
    expect(repair.steps.filter(({ kind }) => kind !== 'configure-vm@2')).toEqual([]);
    await simulated.apply(repair);
    expect(await simulated.wait(repair)).toBe('succeeded');
    expect((await simulated.statusOf(plan)).conditions).toContainEqual(asDesired);
    expect(simulated.platform.balancers.inventory().filter((each) => each.startsWith('member'))).toHaveLength(
      2,
    );

    const [first] = before.members;
    const name = (await simulated.statusOf(plan)).vms.find(({ ordinal }) => ordinal === first?.ordinal)!.name;
    await simulated.platform.world.store.clearConfigured(plan.infrastructureId, name, 'service:keys');
    const status = await simulated.statusOf(plan);
    expect(status.conditions).toContainEqual({
      type: 'AsDesired',
      status: 'false',
      reason: `Drifted: replica-not-joined ${name}`,
    });
  });
});
