import { type Sha256, sha256OfJson, sha256OfText } from '@trencadis/ids';
import type { DesiredBalancer } from '../model.ts';

/** By what is kept of a replica that it gets the requests of a service. */
export function memberStage(serviceId: string): string {
  return `service:${serviceId}`;
}

/** What is kept then: where its requests come from and arrive. Something else, and it is let in again in its turn. */
export function memberKey({
  balancer,
  serviceId,
  pool,
  port,
}: {
  readonly balancer?: { readonly name: string } | undefined;
  readonly serviceId: string;
  readonly pool: string;
  readonly port: number;
}): Sha256 {
  return sha256OfJson([balancer?.name ?? '', serviceId, pool, port]);
}

/** Ids of the services whose requests a VM gets, of what is kept of it. */
export function joinedServices(stages: Readonly<Record<string, unknown>> = {}): readonly string[] {
  return Object.keys(stages).flatMap((stage) => (stage.startsWith('service:') ? [stage.slice(8)] : []));
}

/** By what is kept of a VM that its load is measured. */
export const monitorStage = 'monitor';

/** By what is kept, under a balancer's name, what it was set up as. */
export function balancerStage({ kind, vmm }: Pick<DesiredBalancer, 'kind' | 'vmm'>): string {
  return `balancer:${kind}:${vmm}`;
}

export interface KnownBalancer extends Pick<DesiredBalancer, 'kind' | 'vmm'> {
  readonly name: string;
}

/** Balancers that were set up, of what is kept by name and stage. */
export function knownBalancers(
  configured: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): readonly KnownBalancer[] {
  return Object.entries(configured).flatMap(([name, stages]) =>
    Object.keys(stages).flatMap((stage): readonly KnownBalancer[] => {
      const [, kind, vmm] = /^balancer:(haproxy|native):(.+)$/.exec(stage) ?? [];
      return vmm !== undefined && (kind === 'haproxy' || kind === 'native') ? [{ name, kind, vmm }] : [];
    }),
  );
}

/** What is kept of a balancer or group that is only begun: the next plan makes it as is asked for then. */
export const unsettled = sha256OfText('unsettled');

/** By what is kept, under its name, of a group that a VM manager's own engine keeps. */
export function groupStage(vmm: string): string {
  return `group:${vmm}`;
}

/** A group at its VM manager. */
export interface KnownGroup {
  readonly name: string;
  readonly vmm: string;
}

/** Groups that were made, of what is kept by name and stage. */
export function knownGroups(
  configured: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): readonly KnownGroup[] {
  return Object.entries(configured).flatMap(([name, stages]) =>
    Object.keys(stages).flatMap((stage) =>
      stage.startsWith('group:') ? [{ name, vmm: stage.slice('group:'.length) }] : [],
    ),
  );
}
