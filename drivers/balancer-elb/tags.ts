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

export type Facts = Readonly<Record<string, string | undefined>>;

interface AwsTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export function tagsOf(facts: Facts): { Key: string; Value: string }[] {
  return Object.entries(facts).flatMap(([Key, Value]) => (Value === undefined ? [] : [{ Key, Value }]));
}

export function factsOf(thing: { readonly Tags?: readonly AwsTag[] | undefined } | undefined): Facts {
  return Object.fromEntries((thing?.Tags ?? []).map(({ Key = '', Value }) => [Key, Value]));
}

/** The filter of EC2 for things whose tag has one of these values. */
export function byTag(key: string, ...values: readonly string[]) {
  return { Name: `tag:${key}`, Values: [...values] };
}
