import type { Plan } from '@trencadis/infrastructure';
import type { JsonObject } from '@trencadis/radl';
import { z } from 'zod';

const created = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('create-network@1'),
    args: z.object({ vmm: z.string(), spec: z.object({ name: z.string(), kind: z.string() }) }),
  }),
  z.object({
    kind: z.literal('create-disk@1'),
    args: z.object({ vmm: z.string(), spec: z.object({ sizeGiB: z.number() }) }),
  }),
  z.object({
    kind: z.literal('create-vm@1'),
    args: z.object({
      vmm: z.string(),
      spec: z.object({
        cpuCount: z.number(),
        memoryMiB: z.number(),
        interfaces: z.array(z.object({ network: z.string() })),
      }),
    }),
  }),
]);
type Created = z.output<typeof created>;
type Made<Kind extends Created['kind']> = Extract<Created, { readonly kind: Kind }>['args'];

/** A VM manager as a plan names it. */
export interface EstimatedCloud {
  readonly key: string;
  readonly name: string;
  readonly product: string;
  readonly endpoint?: string | undefined;
}

const mebibyteInMegabytes = 2 ** 20 / 1e6;
const gibibyteInGigabytes = 2 ** 30 / 1e9;

/** What `dry_run` answers: by VM manager, the machines and disks that the plan would make there. */
export function estimateOf({ steps }: Pick<Plan, 'steps'>, clouds: readonly EstimatedCloud[]): JsonObject {
  const all = steps.flatMap((step) => {
    const parsed = created.safeParse(step);
    return parsed.success ? [parsed.data] : [];
  });
  const byCloud = Map.groupBy(all, ({ args }) => args.vmm);
  return Object.fromEntries(
    [...byCloud].map(([key, made]) => {
      const cloud = clouds.find((each) => each.key === key);
      return [cloud?.name ?? key, { ...describeCloud(cloud), ...resourcesOf(made) }];
    }),
  );
}

function describeCloud(cloud: EstimatedCloud | undefined): JsonObject {
  return { cloudType: cloud?.product ?? '', cloudEndpoint: cloud?.endpoint ?? '' };
}

function resourcesOf(made: readonly Created[]): JsonObject {
  const networks = ofKind(made, 'create-network@1');
  const isPublic = new Set(
    networks.filter(({ spec }) => spec.kind === 'public').map(({ spec }) => spec.name),
  );
  return {
    compute: ofKind(made, 'create-vm@1').map(({ spec }): JsonObject => {
      const publicIps = spec.interfaces.filter(({ network }) => isPublic.has(network)).length;
      return {
        cpuCores: spec.cpuCount,
        memoryInMegabytes: Math.round(spec.memoryMiB * mebibyteInMegabytes),
        ...(publicIps === 0 ? {} : { publicIP: publicIps }),
      };
    }),
    storage: ofKind(made, 'create-disk@1').map(({ spec }) => ({
      sizeInGigabytes: Math.round(spec.sizeGiB * gibibyteInGigabytes),
    })),
  };
}

function ofKind<Kind extends Created['kind']>(made: readonly Created[], kind: Kind): readonly Made<Kind>[] {
  return made.filter((each) => each.kind === kind).map(({ args }) => args as Made<Kind>);
}
