import type { OpenstackCredentials } from '@trencadis/vmm-openstack';
import type { VmmProduct } from '@trencadis/vmm-sites';

/** For its answer whether it keeps certificates. */
const keyManagerMs = 20_000;

/** An OpenStack cloud, by the address of its Keystone. */
export const openstack: VmmProduct<OpenstackCredentials> = {
  name: 'openstack',
  needsEndpoint: true,
  whereToFind: {
    '': 'the OpenStack RC file has them (Horizon: your name, OpenStack RC File)',
    username: 'OS_USERNAME of the OpenStack RC file',
    password: 'the password with which you log in to Horizon',
    projectName: 'OS_PROJECT_NAME of the OpenStack RC file',
    userDomainName: 'OS_USER_DOMAIN_NAME of the OpenStack RC file',
    applicationCredentialId: 'Horizon: Identity, Application Credentials',
    applicationCredentialSecret: 'Horizon shows it once, when the application credential is made',
    region: 'OS_REGION_NAME of the OpenStack RC file',
  },
  load: async () => {
    const { createOpenstackVmm, openstackCredentials } = await import('@trencadis/vmm-openstack');
    return {
      credentials: openstackCredentials,
      create: ({ endpoint = '' }, credentials) => createOpenstackVmm({ endpoint, credentials }),
      createBalancer: async ({ endpoint = '' }, credentials) => {
        const { createOctaviaBalancer, hasKeyManager } = await import('@trencadis/balancer-octavia');
        const options = { endpoint, credentials };
        const keyManager = await hasKeyManager(options, AbortSignal.timeout(keyManagerMs));
        return createOctaviaBalancer({ ...options, keyManager });
      },
      regionOf: ({ region }) => region,
    };
  },
};
