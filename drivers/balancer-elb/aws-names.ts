import { sha256OfText } from '@trencadis/ids';

/** Of load balancers and target groups: letters, digits and hyphens, none at the ends. */
const maxLength = 32;
const hashLength = 8;

const hashOf = (text: string) => sha256OfText(text).slice(0, hashLength);

/** As much of a label as fits before the hash that makes it unique. */
function shortened(label: string, hash: string): string {
  const start = label.slice(0, maxLength - hashLength - 1).replace(/-+$/, '');
  return `${start}-${hash}`.replaceAll(/-{2,}/g, '-');
}

/** A load balancer's name; one that begins with `internal-` Amazon refuses. */
export function loadBalancerName(balancer: string): string {
  return shortened(`tnc-${balancer}`, hashOf(balancer));
}

/** Begins the names of all target groups of a balancer, so that they are found in a listing without asking for tags. */
export function targetGroupPrefix(balancer: string): string {
  return `tnc-${hashOf(balancer)}-`;
}

/** `nature`: what cannot be changed at a target group, so that a change makes another one. */
export function targetGroupName(balancer: string, pool: string, nature: string): string {
  return shortened(`${targetGroupPrefix(balancer)}${pool}`, hashOf(`${balancer} ${pool} ${nature}`));
}

/** No name of a network's security group: those begin with `trencadis-`. */
export function securityGroupName(balancer: string): string {
  return `trencadis.balancer.${balancer}`;
}

/** An Auto Scaling group, its launch template and its alarms. */
export function scalingGroupName(group: string): string {
  return `trencadis-${group}`;
}
