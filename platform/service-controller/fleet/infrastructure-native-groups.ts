import { PlatformError } from '@trencadis/errors';
import type { InfrastructureId } from '@trencadis/ids';
import {
  type ReconcilerParts,
  balancerName,
  groupName,
  knownBalancers,
  knownGroups,
  openScalingGroups,
} from '@trencadis/infrastructure/services';
import type { Group } from '../fleet.ts';
import type { NativeEngine, NativeGroups, NativeLook } from '../native-groups.ts';
import { DeployedServices } from './deployed-services.ts';

/** Services as the infrastructure manager has left them to VM managers' own engines. */
export class InfrastructureNativeGroups implements NativeGroups {
  readonly #world: ReconcilerParts['world'];
  readonly #deployed: DeployedServices;

  constructor(parts: ReconcilerParts) {
    this.#world = parts.world;
    this.#deployed = new DeployedServices(parts, 'native');
  }

  listGroups(_signal: AbortSignal, only?: readonly InfrastructureId[]): Promise<readonly Group[]> {
    return this.#deployed.listGroups(only);
  }

  async describe(group: Group, signal: AbortSignal): Promise<NativeLook | undefined> {
    const engine = await this.#find(group);
    if (engine === undefined) return undefined;
    const { driver, name } = engine;
    const [seen, endpoints] = await Promise.all([
      driver.describeGroup(name, signal),
      this.#endpoints(group, signal),
    ]);
    return seen && { product: driver.capabilities.product, group: seen, endpoints };
  }

  async open(group: Group): Promise<NativeEngine> {
    const engine = await this.#find(group);
    if (engine !== undefined) return engine;
    const message = `'${group.serviceId}' has not been made yet: see trencadis status ${group.infrastructureName}.`;
    throw new PlatformError('not-found', message, { subject: group.serviceId });
  }

  async #find({ infrastructureId, serviceId }: Group): Promise<NativeEngine | undefined> {
    const name = groupName(infrastructureId, serviceId);
    const configured = await this.#world.store.configuredKeys(infrastructureId);
    const known = knownGroups(configured).find((each) => each.name === name);
    return known && { driver: await openScalingGroups(this.#world, known), name };
  }

  async #endpoints({ infrastructureId, spec }: Group, signal: AbortSignal): Promise<readonly string[]> {
    const { balancing } = spec;
    if (balancing === undefined) return [];
    const name = balancerName(infrastructureId, balancing.sharedWith ?? spec.id);
    const configured = await this.#world.store.configuredKeys(infrastructureId);
    const known = knownBalancers(configured).find((each) => each.name === name && each.kind === 'native');
    const driver = known && (await this.#world.balancers?.at(known.vmm));
    const seen = await driver?.describeBalancer(name, signal);
    return (seen?.addresses ?? []).map((address) => `${balancing.protocol}://${address}:${balancing.port}`);
  }
}
