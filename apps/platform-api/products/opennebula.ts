import type { OpenNebulaCredentials } from '@trencadis/vmm-opennebula';
import type { VmmProduct } from '@trencadis/vmm-sites';

/** An OpenNebula, by the address of its XML-RPC server: `http://HOST:2633/RPC2`, or `HOST:PORT`. */
export const opennebula: VmmProduct<OpenNebulaCredentials> = {
  name: 'opennebula',
  needsEndpoint: true,
  whereToFind: {
    username: 'the name with which you log in to Sunstone',
    password: 'the password with which you log in to Sunstone, or a token (`oneuser token-create`) as token',
    imageDatastore: '`onedatastore list` shows them',
    publicNetwork: '`onevnet list` shows them',
  },
  load: async () => {
    const { createOpenNebulaVmm, openNebulaCredentials } = await import('@trencadis/vmm-opennebula');
    return {
      credentials: openNebulaCredentials,
      create: ({ endpoint = '' }, credentials) => createOpenNebulaVmm({ endpoint, credentials }),
    };
  },
};
