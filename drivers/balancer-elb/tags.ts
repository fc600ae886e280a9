/**
 * All that the driver knows about a thing and Amazon has no field for lies in tags at the thing, so that any process
 * finds it. A value has 256 characters at most, a thing 50 tags. `trencadis:tag` is that of all drivers for Amazon; the
 * others are chosen so that no VM and no network is taken for a part of a balancer, or the other way around.
 */
export const tagKey = {
  /** Amazon's consoles show it as the name. */
  shown: 'Name',
  tag: 'trencadis:tag',
  /** The balancer's own name, on everything that was made for it. */
  balancer: 'trencadis:balancer',
  pool: 'trencadis:pool',
  frontend: 'trencadis:frontend',
  /** On a security group: its balancer has had certificates. */
  certificates: 'trencadis:certificates',
  /** On a certificate: SHA-256 of its text. */
  digest: 'trencadis:digest',
  /** The scaling group's own name, on everything that was made for it. */
  group: 'trencadis:group',
  /** On a group: it has been rolled. */
  rolled: 'trencadis:rolled',
  /** Name, and network's name, of what the VM driver has made. */
  name: 'trencadis:name',
  kind: 'trencadis:kind',
  range: 'trencadis:range',
  providerSubnet: 'trencadis:provider-subnet',
} as const;
