import { z } from 'zod';

/** Of the site's own things: a number, or a name. */
const resource = z.union([
  z.int().min(0),
  z.string().regex(/^[^&|:\\";/'#{}$<>]{1,128}$/, 'is no id or name'),
]);
const deviceName = z.string().regex(/^[A-Za-z0-9._@-]{1,32}$/, 'is no name of a device');
const secret = z.string().min(1).max(1024);
const ipv4 = z.ipv4('is no IPv4 address');

export const networkDrivers = [
  'fw',
  'bridge',
  'dummy',
  'ebtables',
  '802.1Q',
  'vxlan',
  'ovswitch',
  'ovswitch_vxlan',
] as const;
export type NetworkDriver = (typeof networkDrivers)[number];

/**
 * An account of an OpenNebula, and what the site is like for it. `password` or `token` (of `oneuser token-create`).
 * Messages about it never repeat a value.
 */
export const openNebulaCredentials = z
  .strictObject({
    username: z.string().regex(/^[^:\s]{1,256}$/, 'is no name of a user'),
    password: secret.optional(),
    token: secret.optional(),
    /** PEM of a CA beside those that Node trusts. */
    caCertificate: z.string().includes('-----BEGIN CERTIFICATE-----', 'is no PEM certificate').optional(),

    /** Where disks are kept; absent: the image datastore with the most room. */
    imageDatastore: resource.optional(),
    /** Number of the cluster in which networks are made and VMs run; absent: the default one, and any. */
    cluster: z.int().min(0).optional(),
    /** Physical processors that a virtual one claims (CPU for each VCPU). */
    cpuShare: z.number().positive().max(1).default(1),

    /** The site's network of which public networks take their addresses (`onevnet reserve`). */
    publicNetwork: resource.optional(),
    /** How many addresses a public network takes of it. */
    reservationSize: z.int().min(1).max(65_536).default(16),
    /** The site's network template of which networks are made, where an account may make none from nothing. */
    networkTemplate: resource.optional(),
    /** How networks are made from nothing (VN_MAD). Isolating ones (`802.1Q`, `vxlan`) need `physicalDevice`. */
    networkDriver: z.enum(networkDrivers).default('fw'),
    bridge: deviceName.optional(),
    physicalDevice: deviceName.optional(),
    /** Whether the site's networks keep to security groups; absent: as the driver of networks does. */
    filtersPorts: z.boolean().optional(),
    /** IPv4 range of which each network that is made takes a free /24. */
    addressPool: z.cidrv4('is no IPv4 range').default('10.208.0.0/16'),
    /** Name servers that VMs are given. */
    nameServers: z.array(ipv4).max(3).default([]),

    /** `simulated`: VMs never boot (dummy drivers, tests): none has `ssh`. */
    guests: z.enum(['real', 'simulated']).default('real'),
  })
  .refine(({ password, token }) => (password === undefined) !== (token === undefined), {
    error: 'either password or token is needed',
    path: ['password'],
  });

export type OpenNebulaCredentials = z.output<typeof openNebulaCredentials>;

/** What the first argument of every call is. */
export function sessionOf({ username, password, token }: OpenNebulaCredentials): string {
  return `${username}:${password ?? token ?? ''}`;
}

/** The drivers whose hosts keep to security groups (https://docs.opennebula.io/6.8, networking setup). */
const filtering: ReadonlySet<NetworkDriver> = new Set(['fw', 'ebtables', '802.1Q', 'vxlan']);

export function filtersPorts({ filtersPorts: told, networkDriver }: OpenNebulaCredentials): boolean {
  return told ?? filtering.has(networkDriver);
}
