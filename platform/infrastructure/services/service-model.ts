import type { FrontendSpec, PoolSpec, ScalingGroupSpec, ServiceSpec } from '@trencadis/availability';
import type { NetworkName, Sha256, VmName } from '@trencadis/ids';

/** A deployed service: its replicas, and where they are balanced. */
export interface DesiredService {
  readonly spec: ServiceSpec;
  readonly replicas: readonly VmName[];
  /** Of the one its requests come through. */
  readonly balancer?: string;
}

/** What balances services; its certificates and authorities are added when it is set up. */
export interface DesiredBalancer {
  /** A DNS label, the same for as long as the service is deployed. */
  readonly name: string;
  readonly kind: 'haproxy' | 'native';
  /** Where it stands. */
  readonly vmm: string;
  /** The VMs of ours that it runs on. */
  readonly hosts: readonly VmName[];
  /** The network on which its hosts reach the replicas, by its name at the VM manager. */
  readonly networks: readonly NetworkName[];
  /** The document's id of the network through whose `proxy_host` SSH reaches the hosts. */
  readonly bastion?: string;
  readonly isPair: boolean;
  readonly virtualAddress?: string;
  readonly frontends: readonly Omit<FrontendSpec, 'certificate'>[];
  readonly pools: readonly Omit<PoolSpec, 'authorityPem'>[];
  /** Changes whenever anything above does. */
  readonly digest: Sha256;
}

/** Replicas of a service that a VM manager's own engine keeps: they are no VMs of the infrastructure's. */
export interface DesiredGroup extends Omit<ScalingGroupSpec, 'name' | 'tag' | 'desired'> {
  /** The same for as long as the service is deployed. */
  readonly name: VmName;
  readonly serviceId: string;
  readonly vmm: string;
  /** Of each replica. */
  readonly size: { readonly cpuCount: number; readonly memoryMiB: number };
  /** Changes whenever the engine has to be told something else. */
  readonly digest: Sha256;
}
