import { z } from 'zod';

const word = z.string().nullish();
const base = z.object({ id: z.string(), name: word, description: word, created_at: word });

/** https://docs.openstack.org/api-ref/network/v2/ , as far as it is read here. */
export const neutronNetwork = base;
export const neutronSubnet = base.extend({
  cidr: z.string(),
  ip_version: z.number(),
  network_id: z.string(),
});
export const neutronRouter = base.extend({
  external_gateway_info: z.object({ network_id: z.string() }).nullish(),
});
export const neutronPort = base.extend({
  network_id: z.string(),
  device_id: word,
  device_owner: word,
  mac_address: word,
  fixed_ips: z.array(z.object({ subnet_id: z.string(), ip_address: z.string() })).default([]),
});
export const neutronFloating = base.extend({
  floating_ip_address: z.string(),
  port_id: word,
});
export const neutronRule = base.extend({ direction: z.string() });
export const neutronGroup = base.extend({ security_group_rules: z.array(neutronRule).default([]) });

export type NeutronNetwork = z.output<typeof neutronNetwork>;
export type NeutronSubnet = z.output<typeof neutronSubnet>;
export type NeutronPort = z.output<typeof neutronPort>;
export type NeutronFloating = z.output<typeof neutronFloating>;
export type NeutronGroup = z.output<typeof neutronGroup>;
