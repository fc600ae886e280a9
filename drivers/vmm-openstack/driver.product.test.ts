import { describeVmmDriver } from '@trencadis/vmm/conformance';
import { inject } from 'vitest';
import { createOpenstackVmm } from './index.ts';
import { openAdmin } from './testing/admin.ts';

describeVmmDriver('vmm-openstack', async () => {
  const { endpoint, credentials, image, providerNetwork } = inject('openstack');
  const admin = await openAdmin(endpoint);
  return {
    driver: createOpenstackVmm({ endpoint, credentials }),
    image,
    providerNetwork,
    imagePattern: 'debian-*',
    leftovers: () => admin.leftovers(),
    removeBehind: (name) => admin.removeServer(name),
    dispose: async () => {},
  };
});
