import type { ResourceType, TagSpecification } from '@aws-sdk/client-ec2';
import { type Facts, tagsOf } from '@trencadis/aws-client';

/**
 * All that the driver knows about a thing and Amazon has no field for lies in tags at the thing, so that any process
 * finds it. A value has 256 characters at most, a thing 50 tags.
 */
export const tagKey = {
  /** Amazon's consoles show it as the name. */
  shown: 'Name',
  tag: 'trencadis:tag',
  /** The VM's, network's, disk's or image's own name; an elastic address has that of its VM. */
  name: 'trencadis:name',
  /** Of what an instance brought with it (root volume, interfaces): the VM's name. */
  vm: 'trencadis:vm',
  user: 'trencadis:user',
  hostKey: 'trencadis:host-key',
  hostName: 'trencadis:host-name',
  image: 'trencadis:image',
  imageDigest: 'trencadis:image-digest',
  /** On an instance whose change needs it stopped: it ran before and is to run after. */
  restarting: 'trencadis:restarting',
  kind: 'trencadis:kind',
  /** The network's whole IPv4 range; its subnets are parts of it. */
  range: 'trencadis:range',
  /** `providerNetwork` as it was asked for, and the subnet that it stands for. */
  providerNetwork: 'trencadis:provider-network',
  providerSubnet: 'trencadis:provider-subnet',
  /** On a VPC: the network that it was made for, and when (ISO 8601). */
  madeFor: 'trencadis:made-for',
  madeAt: 'trencadis:made-at',
} as const;

export const maxTagLength = 256;

export function tagged(type: ResourceType, facts: Facts): TagSpecification {
  return { ResourceType: type, Tags: tagsOf(facts) };
}
