import { sha256OfJson } from '@trencadis/ids';
import type { DesiredInfrastructure, DesiredVm, Infrastructure } from './model.ts';

/** Days that a server certificate is valid. Browsers take none for longer than 398. */
export const certificateDays = 397;

/** Days after which it is renewed. */
const renewalDays = 300;
const dayMs = 86_400_000;

/**
 * What holds a certificate counts as asked for otherwise every {@link renewalDays} days of the infrastructure, so that it
 * is brought up to date as after any other change: replicas in their turn, a balancer that ends TLS without a drop.
 * Other VMs get theirs when they are configured again. Pure; nothing changes in the first of these times.
 */
export function withRenewals(
  desired: DesiredInfrastructure,
  { createdAt }: Pick<Infrastructure, 'createdAt'>,
  now: Date,
): DesiredInfrastructure {
  const turn = Math.floor((now.getTime() - createdAt.getTime()) / (renewalDays * dayMs));
  if (turn <= 0 || desired.services.length === 0) return desired;
  const renewed = <Held extends { readonly digest: string }>(held: Held) => ({
    ...held,
    digest: sha256OfJson([held.digest, turn]),
  });
  const replicas = new Set(desired.services.flatMap((service) => service.replicas));
  const isReplica = ({ spec }: DesiredVm) => replicas.has(spec.name);
  return {
    ...desired,
    vms: desired.vms.map((vm) =>
      isReplica(vm) ? { ...vm, configurations: vm.configurations.map(renewed) } : vm,
    ),
    balancers: desired.balancers.map((balancer) =>
      balancer.frontends.some(({ protocol }) => protocol === 'https') ? renewed(balancer) : balancer,
    ),
  };
}
