import { expect, it } from 'vitest';
import { partsDocument } from './parts-document.ts';
import { deployOf, planKeyServer, renderPlan } from './plan-key-server.ts';
import { simulatePlatform } from './simulated-platform.ts';

it('plans Fig. 3 as reviewed', async () => {
  await using platform = await simulatePlatform();
  const { steps } = await planKeyServer(platform);
  await expect(renderPlan(steps)).toMatchFileSnapshot('goldens/key-server.plan.txt');
});

it('plans ports, addresses, instance types and disks as reviewed', async () => {
  const instanceTypes = [
    { name: 't3.micro', cpuCount: 2, memoryMiB: 1024, price: { currency: 'USD', perHour: 0.0104 } },
    { name: 'm5.large', cpuCount: 2, memoryMiB: 8192, price: { currency: 'USD', perHour: 0.096 } },
  ];
  await using platform = await simulatePlatform({ instanceTypes, zones: ['a'], mountsDisks: false });
  const more = "net_interface.0.ip = '10.0.7.9' and availability_zone = 'a' and spot = 'yes' and";
  const radl = partsDocument({ cloud: 'memory', outports: '8443,10.0.0.0/8-5432,8080-80', more }).replace(
    "outbound = 'yes'",
    "outbound = 'yes' and cidr = '10.0.*.0/24'",
  );
  const { steps } = await planKeyServer(platform, deployOf(radl));
  await expect(renderPlan(steps)).toMatchFileSnapshot('goldens/parts.plan.txt');
});
