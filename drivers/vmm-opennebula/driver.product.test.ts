import { describeVmmDriver } from '@trencadis/vmm/conformance';
import { createOpenNebulaVmm } from './index.ts';
import { startOpenNebula } from './testing/index.ts';

const timing = { everyMs: 5, settleMs: 5000, stopMs: 1000 };

describeVmmDriver('vmm-opennebula on a simulated OpenNebula', async () => {
  const { endpoint, credentials, image, imagePattern, providerNetwork, ...one } = await startOpenNebula();
  return {
    driver: createOpenNebulaVmm({ endpoint, credentials, timing }),
    image,
    imagePattern,
    providerNetwork,
    leftovers: () => one.leftovers(),
    failNext: (_operation, code) => one.failNext(code),
    removeBehind: async (name) => one.removeVm(name),
    dispose: () => one.stop(),
  };
});
