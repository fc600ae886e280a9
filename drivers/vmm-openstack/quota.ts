import type { QuotaUse, VmmQuota } from '@trencadis/vmm';
import { z } from 'zod';
import type { Cloud } from './cloud.ts';

const novaLimits = z.object({
  limits: z.object({
    absolute: z.object({
      totalInstancesUsed: z.number(),
      maxTotalInstances: z.number(),
      totalCoresUsed: z.number(),
      maxTotalCores: z.number(),
      totalRAMUsed: z.number(),
      maxTotalRAMSize: z.number(),
    }),
  }),
});
const cinderLimits = z.object({
  limits: z.object({
    absolute: z.object({ totalGigabytesUsed: z.number(), maxTotalVolumeGigabytes: z.number() }),
  }),
});
const neutronDetails = z.object({
  quota: z.object({ network: z.object({ used: z.number(), limit: z.number() }) }),
});

/** What Nova, Neutron and Cinder hold the project to. What has no limit there (-1), or is not told, is absent. */
export async function projectQuota(cloud: Cloud, signal: AbortSignal): Promise<VmmQuota> {
  const [nova, networks, diskGiB] = await Promise.all([
    cloud.nova.call({ path: '/limits' }, novaLimits, signal),
    networkUse(cloud, signal),
    diskUse(cloud, signal),
  ]);
  const { absolute } = nova.limits;
  return known({
    vms: { used: absolute.totalInstancesUsed, limit: absolute.maxTotalInstances },
    cpuCount: { used: absolute.totalCoresUsed, limit: absolute.maxTotalCores },
    memoryMiB: { used: absolute.totalRAMUsed, limit: absolute.maxTotalRAMSize },
    networks,
    diskGiB,
  });
}

async function networkUse({ neutron }: Cloud, signal: AbortSignal): Promise<QuotaUse | undefined> {
  const call = { path: `/quotas/${await neutron.projectId(signal)}/details.json` };
  const answer = await neutron.answer(call, signal);
  // An extension, which some clouds keep from their users.
  if (answer.status === 403 || answer.status === 404) return undefined;
  if (answer.status >= 400) throw neutron.refusal(call, answer);
  const parsed = neutronDetails.safeParse(answer.body);
  return parsed.success ? parsed.data.quota.network : undefined;
}

async function diskUse({ cinder, options }: Cloud, signal: AbortSignal): Promise<QuotaUse | undefined> {
  if (options.blockStorage === false || !(await cinder.isOffered(signal))) return undefined;
  const { absolute } = (await cinder.call({ path: '/limits' }, cinderLimits, signal)).limits;
  return { used: absolute.totalGigabytesUsed, limit: absolute.maxTotalVolumeGigabytes };
}

function known(uses: Readonly<Record<keyof VmmQuota, QuotaUse | undefined>>): VmmQuota {
  const limited = Object.entries(uses).filter(([, use]) => use !== undefined && use.limit >= 0);
  return Object.fromEntries(limited);
}
