import { describeVmmDriver } from '@trencadis/vmm/conformance';
import { createEc2Vmm } from './index.ts';
import { startEc2 } from './testing/index.ts';

/**
 * Against moto, which differs from Amazon here: nothing boots and everything is done at once (no `pending`, no
 * `shutting-down`); client tokens are ignored, so the order within a process and the oldest's right do alone what they do
 * beside Amazon's tokens; a volume attaches to two instances; a VPC and a security group go although something is left
 * on them, so the driver's own checks show; nothing is short; there is no limit to what an account makes.
 */
describeVmmDriver('vmm-ec2', async () => {
  const ec2 = await startEc2();
  const { endpoint, credentials, image, providerNetwork } = ec2;
  return {
    driver: createEc2Vmm({ endpoint, credentials, pollEveryMs: 20 }),
    image,
    imagePattern: 'debian-12-*',
    providerNetwork,
    leftovers: () => ec2.leftovers(),
    removeBehind: (name) => ec2.removeBehind(name),
    dispose: () => ec2.stop(),
  };
});
