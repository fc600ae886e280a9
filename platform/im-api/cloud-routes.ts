import type { Infrastructure } from '@trencadis/infrastructure';
import type { JsonObject } from '@trencadis/radl';
import type { VmmOffer } from '@trencadis/vmm';
import { cloudName } from '@trencadis/vmm-sites/im-lines';
import { type ImAnswer, csvOrJsonAnswer, jsonAnswer } from './answers.ts';
import { type ImageFilter, imagesAt } from './images-at.ts';
import { ImRefusal } from './im-refusal.ts';
import { type ImRequest, cloudsOf } from './im-request.ts';
import type { ImRoute } from './im-route.ts';
import { visibleInfrastructures } from './infrastructure-routes.ts';
import type { ImApiParts } from './parts.ts';

export const cloudRoutes: readonly ImRoute[] = [
  { method: 'GET', url: '/clouds/:cloud/images', answer: listImages },
  { method: 'GET', url: '/clouds/:cloud/quotas', answer: quotas },
  { method: 'GET', url: '/stats', answer: statistics },
];

async function offerOf(parts: ImApiParts, request: ImRequest): Promise<VmmOffer> {
  const id = request.params['cloud'] ?? '';
  const { offers, undriven } = await cloudsOf(parts, request);
  const offer = offers.find(({ name }) => name === cloudName(id));
  if (offer !== undefined) return offer;
  const cloud = undriven.get(cloudName(id));
  const message =
    cloud === undefined
      ? `You have no cloud '${id}'; you have: ${offers.map(({ name }) => name).join(', ') || 'none'}.`
      : `Cloud '${id}' is of type ${cloud.type}: ${cloud.because}.`;
  throw new ImRefusal(400, message);
}

async function listImages(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const filters = filtersOf(request.query.text('filters'));
  const offer = await offerOf(parts, request);
  const { caller, signal } = request;
  return jsonAnswer({
    images: await imagesAt(offer, { images: parts.images, owner: caller.owner, filters, signal }),
  });
}

function filtersOf(text: string | undefined): readonly ImageFilter[] {
  return (text === undefined || text === '' ? [] : text.split(',')).map((each) => {
    const [, key, value] = /^\s*(uri|name)\s*=\s*(.*?)\s*$/.exec(each) ?? [];
    if ((key === 'uri' || key === 'name') && value !== undefined) return [key, value] as const;
    throw new ImRefusal(400, 'filters is name=TEXT or uri=TEXT, several with a comma.');
  });
}

const mebibytesPerGibibyte = 1024;

/** Memory in GiB; -1 is no limit. */
async function quotas(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const { driver } = await offerOf(parts, request);
  const { vms, cpuCount, memoryMiB, diskGiB } = await driver.quota(request.signal);
  const none = { used: 0, limit: -1 };
  const cores = cpuCount ?? none;
  const instances = vms ?? none;
  const ram = memoryMiB ?? none;
  const inGiB = (value: number) => (value < 0 ? -1 : value / mebibytesPerGibibyte);
  return jsonAnswer({
    quotas: {
      cores: { used: cores.used, limit: cores.limit },
      ram: { used: inGiB(ram.used), limit: inGiB(ram.limit) },
      instances: { used: instances.used, limit: instances.limit },
      floating_ips: none,
      security_groups: none,
      ...(diskGiB === undefined ? {} : { volume_storage: { used: diskGiB.used, limit: diskGiB.limit } }),
    },
  });
}

async function statistics(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const from = dayOf(request, 'init_date');
  const until = dayOf(request, 'end_date');
  const sites = await parts.sites.list(request.caller);
  const products = new Map(sites.map(({ key, product }) => [key, product]));
  const rows = (await visibleInfrastructures(parts, request))
    .filter(({ createdAt }) => isBetween(createdAt.toISOString().slice(0, 10), from, until))
    .map((each) => statisticsOf(each, products));
  return csvOrJsonAnswer({ stats: rows }, csvOf(rows));
}

function isBetween(day: string, from: string | undefined, until: string | undefined): boolean {
  return (from === undefined || day >= from) && (until === undefined || day <= until);
}

function dayOf({ query }: ImRequest, name: string): string | undefined {
  const text = query.text(name);
  if (text === undefined || /^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  throw new ImRefusal(400, `${name} is not a day such as 2026-01-31.`);
}

function statisticsOf(infrastructure: Infrastructure, products: ReadonlyMap<string, string>): JsonObject {
  const { id, owner, createdAt, members, usage } = infrastructure;
  const places = [...new Set(members.map(({ vmm }) => vmm))];
  return {
    creation_date: createdAt.toISOString().slice(0, 19).replace('T', ' '),
    tosca_name: null,
    vm_count: members.length,
    cpu_count: usage.cpuCount,
    memory_size: usage.memoryMiB,
    cloud_type: places.map((key) => products.get(key) ?? '')[0] ?? '',
    cloud_host: places[0] ?? '',
    hybrid: places.length > 1,
    deleted: false,
    im_user: owner,
    inf_id: id,
    last_date: createdAt.toISOString().slice(0, 10),
  };
}

const columns = [
  'creation_date',
  'tosca_name',
  'vm_count',
  'cpu_count',
  'memory_size',
  'cloud_type',
  'cloud_host',
  'hybrid',
  'deleted',
  'im_user',
  'inf_id',
  'last_date',
];

/** Without quotes: no value holds a comma. */
function csvOf(rows: readonly JsonObject[]): string {
  const lines = rows.map((row) => columns.map((column) => cellOf(row[column])).join(','));
  return [columns.join(','), ...lines].map((line) => `${line}\n`).join('');
}

function cellOf(value: JsonObject[string] | undefined): string {
  return typeof value === 'object' || value === undefined ? '' : String(value);
}
