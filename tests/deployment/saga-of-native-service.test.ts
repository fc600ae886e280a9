import { itResumesAfterEveryLogWrite, itUnwindsFromEveryStep } from '@trencadis/saga/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { nativeDocument } from './native-document.ts';
import { deployOf, keyServer, planKeyServer, renderPlan } from './plan-key-server.ts';
import { runChange, sagaOf } from './saga-worlds.ts';
import { type SimulatedPlatform, simulatePlatform } from './simulated-platform.ts';

const instanceTypes = [
  { name: 'small', cpuCount: 1, memoryMiB: 1024, price: { currency: 'USD', perHour: 0.01 } },
  { name: 'large', cpuCount: 4, memoryMiB: 8192, price: { currency: 'USD', perHour: 0.1 } },
];
const manners = () => ({ instanceTypes });
const deployed = deployOf(nativeDocument());
const bigger = deployOf(nativeDocument({ system: "and instance_type = 'large'" }));
const other = "system other (net_interface.0.connection = 'outside' and disk.0.os.name = 'linux')";
const withoutService = deployOf(nativeDocument().replace('deploy web', `${other}\ndeploy other 1`));

const deploy = await sagaOf(deployed, { manners });
const change = await sagaOf(bigger, { manners, after: [deployed] });
afterAll(() => Promise.all([deploy.dispose(), change.dispose()]));

async function whileDeployed<Result>(use: (platform: SimulatedPlatform) => Promise<Result>): Promise<Result> {
  await using platform = await simulatePlatform(manners());
  await runChange(platform, deployed);
  return await use(platform);
}

describe('a plan that leaves replicas to the VM manager', () => {
  it('is as reviewed', async () => {
    await expect(renderPlan(deploy.graph.steps)).toMatchFileSnapshot(
      'goldens/service-native-engine.plan.txt',
    );
  });
  itUnwindsFromEveryStep(deploy.graph, deploy.makeWorld);
  itResumesAfterEveryLogWrite(deploy.graph, deploy.makeWorld);
});

describe('a plan that has them launched otherwise', () => {
  it('changes the group and nothing else', () => {
    expect(change.graph.steps.map(({ kind }) => kind)).toEqual(['apply-scaling-group@1']);
  });
  itResumesAfterEveryLogWrite(change.graph, change.makeWorld);
});

describe('replicas that a VM manager keeps', () => {
  it('are asked for once, in the pool of their balancer, and planned again they give nothing', () =>
    whileDeployed(async (platform) => {
      const [group] = [...platform.scalingGroups.groups.values()];
      const balancer = 'inf-keyserv1-web-lb';
      expect(group?.spec).toMatchObject({
        tag: keyServer.id,
        launch: { instanceType: 'small', networks: ['inf-keyserv1-outside'] },
        min: 2,
        max: 4,
        pools: [{ balancer, pool: 'web' }],
        policies: [{ metric: 'cpu', kind: 'above', threshold: 80 }],
      });
      expect(group?.spec.launch.userData).toContain('touch /run/up');
      const pools = platform.balancers.worlds().flatMap(({ balancers }) => [...balancers.values()]);
      expect(pools.map(({ spec }) => spec.pools[0]?.group)).toEqual([{ port: 8080 }]);
      expect((await planKeyServer(platform, deployed)).steps).toEqual([]);
    }));

  it('count in full for what their owner may have', () =>
    whileDeployed(async (platform) => {
      const { usage } = (await platform.world.store.find(keyServer.id))!;
      expect(usage).toEqual({ vms: 4, cpuCount: 4, memoryMiB: 4096 });
    }));

  it('go before their balancer when their service does', () =>
    whileDeployed(async (platform) => {
      const { steps } = await planKeyServer(platform, withoutService);
      const gone = steps.find(({ kind }) => kind === 'delete-balancer@1');
      expect(gone?.after).toEqual(['delete-scaling-group:inf-keyserv1-web-group@memory']);
      await runChange(platform, withoutService);
      expect([...platform.scalingGroups.groups]).toEqual([]);
    }));

  it('go before their balancer and networks when all is destroyed', () =>
    whileDeployed(async (platform) => {
      const { steps } = await planKeyServer(platform, { kind: 'destroy' });
      const after = (kind: string) => steps.find((each) => each.kind === kind)?.after;
      const group = 'delete-scaling-group:inf-keyserv1-web-group@memory';
      const balancer = 'delete-balancer:inf-keyserv1-web-lb@memory';
      expect(after('delete-balancer@1')).toEqual([group]);
      expect(after('delete-network@1')).toEqual([group, balancer]);
      await runChange(platform, { kind: 'destroy' });
      expect([...platform.scalingGroups.groups]).toEqual([]);
      expect(await platform.world.store.configuredKeys(keyServer.id)).toEqual({});
    }));

  it('stay where they are when another VM manager is preferred by then', () =>
    whileDeployed(async (platform) => {
      const { placements } = await planKeyServer(platform, bigger);
      expect(placements.find(({ systemIds }) => systemIds.includes('front'))).toMatchObject({
        vmm: 'memory',
        because: expect.stringContaining('VMs of it are there') as string,
      });
    }));
});

describe('what a VM manager’s own engine does not keep is refused', () => {
  const refusals: readonly [what: string, text: string, ...parts: Parameters<typeof nativeDocument>][] = [
    ['hooks', 'hook.launch.command', { more: "and hook.launch.command = 'true'" }],
    ['surge', 'replicas.surge', { more: 'and replicas.surge = 2' }],
    ['stabilization', 'scale.down_window', { more: 'and scale.down_window = 60' }],
    ['limits', 'scale.up_limit', { more: "and scale.up_limit = '4/15'" }],
    ['several clouds', 'replicas.clouds', { more: "and replicas.clouds = 'memory, second'" }],
    ['metrics of the guest', 'does not scale by memory', { more: "and scale.metric = 'memory'" }],
    ['a balancer of ours', 'balancer.kind', { balancer: 'balancer.port = 80' }],
    ['data disks', 'data disks', { system: "and disk.1.size = 1g and disk.1.mount_path = '/data'" }],
    [
      'a recipe of Puppet',
      'Write it as a cloud-init recipe',
      {
        contextualize: 'contextualize ( system front configure web )',
        recipe: "file { '/tmp/a': ensure => present }",
      },
    ],
  ];
  it.each(refusals)('%s', async (_what, text, ...parts) => {
    await using platform = await simulatePlatform(manners());
    const planning = planKeyServer(platform, deployOf(nativeDocument(...parts)));
    await expect(planning).rejects.toThrow(text);
  });
});
