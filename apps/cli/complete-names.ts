import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { brandId } from '@trencadis/ids';
import type { Suggestion } from './complete-words.ts';
import type { Platform } from './connect.ts';
import { findService, paramsOf } from './find-service.ts';
import { shortName } from './summarize-plan.ts';

/** Names of things that a running platform knows. */
export async function namesAt(
  platform: Platform,
  of: string,
  given: readonly string[],
): Promise<readonly Suggestion[]> {
  const find = finders[of];
  return find === undefined ? [] : find(platform, given);
}

type Finder = (platform: Platform, given: readonly string[]) => Promise<readonly Suggestion[]>;

/** By what the commands call their arguments and options. */
const finders: Readonly<Record<string, Finder | undefined>> = {
  name: infrastructures,
  vm: vmsOf,
  plan: plans,
  'name|plan': async (platform) => [...(await infrastructures(platform)), ...(await plans(platform))],
  'cloud name': clouds,
  'service name': services,
  service: services,
  'service deployed': deployedServices,
  'service replica': replicas,
  'user name': accounts,
};

async function infrastructures({ infrastructures: client }: Platform): Promise<readonly Suggestion[]> {
  const all = await client.list({});
  return all.infrastructures.map(({ name, vmCount }) => ({ word: name, description: `${vmCount} VMs` }));
}

async function vmsOf(
  { infrastructures: client }: Platform,
  [name]: readonly string[],
): Promise<readonly Suggestion[]> {
  const all = await client.list({});
  const found = all.infrastructures.find((each) => each.name === name || each.id === name);
  if (found === undefined) return [];
  const { vms } = await client.status({
    params: { infrastructureId: brandId('InfrastructureId', found.id) },
    query: {},
  });
  return vms.map((vm) => ({
    word: shortName(vm.name, found.id),
    description: `${vm.ordinal}, ${vm.status}`,
  }));
}

async function accounts({ accounts: client }: Platform): Promise<readonly Suggestion[]> {
  const { accounts: all } = await client.listAccounts({});
  return all.map(({ name }) => ({ word: name, description: '' }));
}

const mostInfrastructures = 20;

async function plans({ infrastructures: client }: Platform): Promise<readonly Suggestion[]> {
  const { infrastructures: all } = await client.list({});
  const found = all.slice(-mostInfrastructures).map(async ({ id, name }) => {
    const listed = await client.listPlans({ params: { infrastructureId: brandId('InfrastructureId', id) } });
    return listed.plans.map((plan) => ({
      word: plan.id,
      description: `${plan.kind} ${name} ${plan.createdAt}`,
    }));
  });
  return (await Promise.all(found)).flat();
}

async function clouds({ clouds: client }: Platform): Promise<readonly Suggestion[]> {
  const { clouds: all } = await client.listClouds({});
  return all.map(({ name, product }) => ({ word: name, description: product }));
}

async function deployedServices({ deployed: client }: Platform): Promise<readonly Suggestion[]> {
  const { services: all } = await client.listAllDeployedServices({});
  return all.map(({ infrastructureName, service, condition }) => ({
    word: `${infrastructureName}/${service}`,
    description: condition,
  }));
}

async function replicas(
  { deployed: client }: Platform,
  [name = '']: readonly string[],
): Promise<readonly Suggestion[]> {
  const params = paramsOf(await findService(client, name, {}));
  const status = await client.serviceStatus({ params });
  return status.replicas.map((replica) => ({
    word: shortName(replica.name, params.infrastructureId),
    description: replica.phase,
  }));
}

async function services({ services: client }: Platform): Promise<readonly Suggestion[]> {
  const { services: all } = await client.listServices({});
  return all.map(({ name, title }) => ({ word: name, description: title }));
}

/** Files and folders that begin so. */
export async function filesFor(word: string): Promise<readonly Suggestion[]> {
  const folder = word.endsWith('/') ? word : dirname(word);
  const prefix = word.includes('/') ? `${folder.replace(/\/$/, '')}/` : '';
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((each) => ({
      word: `${prefix}${each.name}${each.isDirectory() ? '/' : ''}`,
      description: '',
    }));
  } catch {
    // A folder that is not there has nothing to suggest.
    return [];
  }
}
