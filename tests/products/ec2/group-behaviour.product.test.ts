import { type GroupBehaviourHarness, describeGroupBehaviour } from '@trencadis/availability/conformance';
import { createAutoScalingGroups } from '@trencadis/balancer-elb';
import { AmazonStandIn, balancerContents } from '@trencadis/balancer-elb/testing';
import { brandId, newUuid } from '@trencadis/ids';
import { createEc2Vmm } from '@trencadis/vmm-ec2';
import { type TestEc2, accountContents, startEc2 } from '@trencadis/vmm-ec2/testing';
import { NativeGroup, nativeSpec, warmupMs } from './native-group.ts';
import { PlatformGroup } from './platform-group.ts';

const signal = new AbortController().signal;
const newTag = () => brandId('Tag', `grp-${newUuid().slice(0, 8)}`);

async function leftoversOf(ec2: TestEc2) {
  const contents = async () => [...(await accountContents(ec2.ec2)), ...(await balancerContents(ec2))];
  const before = new Set(await contents());
  return async () => (await contents()).filter((item) => !before.has(item));
}

describeGroupBehaviour("The platform's engine on EC2", async (): Promise<GroupBehaviourHarness> => {
  const ec2 = await startEc2();
  const vmm = createEc2Vmm({ credentials: ec2.credentials, endpoint: ec2.endpoint, pollEveryMs: 5 });
  return {
    start: async (wish) => new PlatformGroup({ ec2, vmm, tag: newTag(), wish }),
    leftovers: await leftoversOf(ec2),
    dispose: () => ec2.stop(),
  };
});

/*
 * moto fires no alarm and measures nothing: a stand-in does, by what the driver has set there. It is no Amazon. moto also
 * forgets that the interfaces of instances go with them when a group has launched them: those are not looked at.
 */
describeGroupBehaviour('An Auto Scaling group', async (): Promise<GroupBehaviourHarness> => {
  const ec2 = await startEc2();
  const { credentials, endpoint } = ec2;
  const vmm = createEc2Vmm({ credentials, endpoint, pollEveryMs: 5 });
  const driver = createAutoScalingGroups({ credentials, endpoint, pollEveryMs: 5 });
  const tag = newTag();
  const network = brandId('NetworkName', `${tag}-inside`);
  await vmm.networks.createNetwork({ name: network, tag, kind: 'private' }, signal);
  const leftovers = await leftoversOf(ec2);
  return {
    start: async (wish) => {
      const name = newTag();
      await driver.applyGroup(nativeSpec(ec2, { name, tag, network, wish }), signal);
      return new NativeGroup(ec2, driver, { name, amazon: new AmazonStandIn(ec2, name, warmupMs) });
    },
    leftovers: async () => (await leftovers()).filter((item) => !item.startsWith('interface:')),
    dispose: () => ec2.stop(),
  };
});
