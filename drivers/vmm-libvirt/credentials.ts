import { z } from 'zod';

const label = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** How to log in to libvirt, and what this site is like. Its messages never repeat a value. */
export const libvirtCredentials = z.strictObject({
  /** OpenSSH or PEM private key without a passphrase; needed for `qemu+ssh:`. */
  sshPrivateKey: z.string().min(1).optional(),
  /** The host's public key, `ssh-ed25519 AAAA...`: no other is trusted. Needed for `qemu+ssh:`. */
  sshHostKey: z
    .string()
    .regex(/^\S+ \S+( .*)?$/, 'must be one public key: its type, then its base64')
    .optional(),
  /** Storage pool (a directory) that holds what the platform makes. On the platform's own host it is made when absent. */
  pool: z.string().regex(label, 'must be a plain name').default('trencadis'),
  /** IPv4 range; each network takes a free /24 of it. */
  addressPool: z.string().default('10.207.0.0/16'),
  /** `auto` boots a probe once, since there are hosts on which KVM opens and then hangs. */
  acceleration: z.enum(['auto', 'kvm', 'tcg']).default('auto'),
  /**
   * Whether the platform has a route to the networks of VMs. On libvirt's own host it has; for a remote one it needs a
   * route or a VPN, and without them only VMs on a network that the host lends can be reached.
   */
  vmNetworksReachable: z.boolean().optional(),
  /** `simulated`: VMs never boot, as with libvirt's `test:` hypervisor. */
  guests: z.enum(['real', 'simulated']).default('real'),
});

export type LibvirtCredentials = z.output<typeof libvirtCredentials>;
