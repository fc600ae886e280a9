import { parseRange } from '@trencadis/ipv4';
import { accountProblems, accountShape } from '@trencadis/openstack-client';
import { z } from 'zod';

const place = {
  /** IPv4 range; each network takes a free /24 of it. Default 10.208.0.0/16. */
  addressPool: z
    .string()
    .refine((range) => parseRange(range) !== undefined, 'must be an IPv4 range, a.b.c.d/len')
    .optional(),
  /** IPv4 addresses of the name servers that VMs are told. Default: the cloud's own. */
  dnsServers: z.array(z.ipv4()).optional(),
  /** Whether the cloud has volumes (Cinder). Default true. */
  blockStorage: z.boolean().optional(),
  /** `simulated`: its VMs never boot, as those of Nova's fake virt driver. Default `real`. */
  guests: z.enum(['real', 'simulated']).optional(),
};

/** An account of an OpenStack cloud, and what VMs, networks and disks of it are to be like. */
export const openstackCredentials = z
  .strictObject({ ...accountShape, ...place })
  .superRefine((given, context) => {
    for (const message of accountProblems(given)) context.addIssue({ code: 'custom', message });
  });

export type OpenstackCredentials = z.output<typeof openstackCredentials>;
