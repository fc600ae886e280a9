import { describeBalancer, pretendBackend } from '@trencadis/availability/conformance';
import type { BalancerHarness } from '@trencadis/availability/conformance';
import { createElbBalancer } from '@trencadis/balancer-elb';
import { balancerContents } from '@trencadis/balancer-elb/testing';
import { brandId, newUuid } from '@trencadis/ids';
import { createEc2Vmm } from '@trencadis/vmm-ec2';
import { accountContents, startEc2 } from '@trencadis/vmm-ec2/testing';

const signal = new AbortController().signal;

/*
 * moto has the API of Amazon's balancers and nothing behind it: it takes every member for healthy from the moment that
 * it joins, forgets one that drains at once, and balances nothing. What only traffic or time shows is not seen here.
 */
describeBalancer('ELBv2', async (): Promise<BalancerHarness> => {
  const ec2 = await startEc2();
  const { endpoint, credentials } = ec2;
  const vmm = createEc2Vmm({ credentials, endpoint, pollEveryMs: 5 });
  const tag = brandId('Tag', `elb-${newUuid().slice(0, 8)}`);
  const network = brandId('NetworkName', `${tag}-front`);
  await vmm.networks.createNetwork({ name: network, tag, kind: 'public' }, signal);
  const contents = async () => [...(await accountContents(ec2.ec2)), ...(await balancerContents(ec2))];
  const before = new Set(await contents());
  return {
    driver: createElbBalancer({ credentials, endpoint, pollEveryMs: 5 }),
    networks: [network],
    ports: [8080, 8081, 8082],
    backends: [1, 2, 3].map((number) =>
      pretendBackend(`${tag}-web-${number}`, `10.0.0.${10 + number}`, 8080),
    ),
    health: 'assumed',
    leftovers: async () => (await contents()).filter((item) => !before.has(item)),
    dispose: async () => {
      await vmm.networks.deleteNetwork(network, signal);
      await ec2.stop();
    },
  };
});
