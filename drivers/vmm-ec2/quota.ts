import type { Instance } from '@aws-sdk/client-ec2';
import { allPages } from '@trencadis/aws-client';
import type { QuotaUse, VmmQuota } from '@trencadis/vmm';
import { type Account, rememberedIfTold } from './account.ts';
import { findInstances } from './instances.ts';
import { sizesOf } from './type-sizes.ts';

/** Codes of quotas. https://docs.aws.amazon.com/general/latest/gr/ec2-service.html */
const standardCpus = { ServiceCode: 'ec2', QuotaCode: 'L-1216C47A' };
const volumeTebibytes = { ServiceCode: 'ebs', QuotaCode: 'L-7A658B76' };

const rememberedMs = 600_000;
/** Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances. */
const isStandard = (type: string) => /^(?:[acdimrtz]\d|h1|im4|is4)/.test(type);

/**
 * What Service Quotas tells of this account, and what counts against it now: virtual CPUs of standard on-demand
 * instances that run, and GiB of gp3 volumes. Amazon limits neither VMs nor memory. It limits VPCs, of which a tag's
 * networks take one together, so there is no limit of networks to tell. A quota that is not told is absent.
 */
export async function askQuota(account: Account): Promise<VmmQuota> {
  const [cpuLimit, volumeLimit] = await Promise.all([
    limitOf(account, standardCpus),
    limitOf(account, volumeTebibytes),
  ]);
  const cpuCount = cpuLimit === undefined ? undefined : await cpusUsed(account, cpuLimit);
  const diskGiB = volumeLimit === undefined ? undefined : await disksUsed(account, volumeLimit * 1024);
  return { ...(cpuCount === undefined ? {} : { cpuCount }), ...(diskGiB === undefined ? {} : { diskGiB }) };
}

type Quota = typeof standardCpus;

function limitOf({ site }: Account, quota: Quota): Promise<number | undefined> {
  const question = { key: `quota ${quota.QuotaCode}`, forMs: rememberedMs, unknown: undefined };
  return rememberedIfTold<number | undefined>(site, question, async () => {
    const client = await site.clients.quotas();
    return (await client.getServiceQuota(quota)).Quota?.Value;
  });
}

async function cpusUsed(account: Account, limit: number): Promise<QuotaUse> {
  const powered = { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping'] };
  const instances = (await findInstances(account, powered)).filter(countsAsStandard);
  const types = instances.flatMap(({ InstanceType }) => InstanceType ?? []);
  const sizes = await sizesOf(account, types);
  const used = types.reduce((sum, type) => sum + (sizes.get(type)?.cpuCount ?? 0), 0);
  return { used, limit };
}

export function countsAsStandard({ InstanceLifecycle, InstanceType }: Instance): boolean {
  return InstanceLifecycle !== 'spot' && isStandard(InstanceType ?? '');
}

async function disksUsed({ ec2, on }: Account, limit: number): Promise<QuotaUse> {
  const Filters = [{ Name: 'volume-type', Values: ['gp3'] }];
  const volumes = await allPages(
    (from) => ec2.describeVolumes({ Filters, ...from }, on),
    ({ Volumes }) => Volumes,
  );
  return { used: volumes.reduce((sum, { Size = 0 }) => sum + Size, 0), limit };
}
