import type { LibvirtCredentials } from '@trencadis/vmm-libvirt';
import type { VmmProduct } from '@trencadis/vmm-sites';

/** QEMU machines of a libvirt, at `qemu:///system` or `qemu+ssh://USER@HOST/system`. */
export const libvirt: VmmProduct<LibvirtCredentials> = {
  name: 'libvirt',
  needsEndpoint: true,
  // A host that is not named; over SSH the platform is a guest with the key that it was given.
  isOnThisHost: (endpoint) => URL.parse(endpoint)?.protocol !== 'qemu+ssh:',
  whereToFind: {
    sshPrivateKey: 'the private key whose public one the host has in authorized_keys',
    sshHostKey: "the host's public key, as `ssh-keyscan -t ed25519 HOST` shows it; compare it with the host",
    pool: '`virsh pool-list` shows the storage pools',
  },
  load: async () => {
    const { createLibvirtVmm, libvirtCredentials } = await import('@trencadis/vmm-libvirt');
    return {
      credentials: libvirtCredentials,
      create: ({ endpoint = '' }, credentials) => createLibvirtVmm({ endpoint, credentials }),
    };
  },
};
