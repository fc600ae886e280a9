import type { ServiceSpec } from '@trencadis/availability';
import type { ReconcilerParts } from '@trencadis/infrastructure/services';

/** What a document calls the VM managers that its service names, by their keys. */
export async function cloudNames(
  { world, groupsOf }: Pick<ReconcilerParts, 'world' | 'groupsOf'>,
  { owner, spec }: { readonly owner: string; readonly spec: ServiceSpec },
): Promise<ReadonlyMap<string, string>> {
  const { clouds } = spec.replicas;
  if (clouds.length === 0) return new Map();
  const groups = (await groupsOf?.(owner)) ?? [];
  const offers = await world.vmms.offeredTo({ owner, groups });
  return new Map(
    offers.flatMap(({ key, name }) => {
      const cloud = clouds.find((each) => each === key || each === name);
      return cloud === undefined ? [] : [[key, cloud] as const];
    }),
  );
}
