import type { Certificate } from '@trencadis/availability';
import { sha256OfText } from '@trencadis/ids';
import { type HttpAnswer, invalid } from '@trencadis/openstack-client';
import { z } from 'zod';
import type { Cloud } from './cloud.ts';

/** https://docs.openstack.org/barbican/latest/api/reference/: everything is named by its address. */
const kept = z.object({
  name: z.string().nullish(),
  container_ref: z.string().optional(),
  secret_ref: z.string().optional(),
  secret_refs: z.array(z.object({ secret_ref: z.string() })).optional(),
});
type Kept = z.output<typeof kept>;
type Kind = 'containers' | 'secrets';

/** Most that one answer lists. */
const pageSize = 100;

/**
 * A certificate with its key, kept in Barbican for a listener under a name that tells the certificate; made where it is
 * not there yet. Answers where it is.
 */
export async function keepCertificate(
  cloud: Cloud,
  place: Place,
  { certificatePem, privateKeyPem }: Certificate,
  signal: AbortSignal,
): Promise<string> {
  const [leaf, ...chain] =
    certificatePem.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? [];
  if (leaf === undefined)
    throw invalid(place.part, `The certificate of ${place.part} is no PEM certificate.`);
  const name = nameOf(place, certificatePem);
  const known = (await listKept(cloud, 'containers', name, signal))[0]?.container_ref;
  if (known !== undefined) return known;
  const parts = [
    ['certificate', 'certificate', leaf],
    ['private_key', 'private', privateKeyPem],
    ...(chain.length === 0 ? [] : [['intermediates', 'certificate', chain.join('\n')] as const]),
  ] as const;
  const refs: { name: string; secret_ref: string }[] = [];
  for (const [part, type, payload] of parts) {
    refs.push({
      name: part,
      secret_ref: await keepSecret(cloud, `${name}/${part}`, { type, payload }, signal),
    });
  }
  const body = { type: 'certificate', name, secret_refs: refs };
  const call = { method: 'POST', path: '/containers', body } as const;
  return (await cloud.barbican.call(call, z.object({ container_ref: z.string() }), signal)).container_ref;
}

/** The authority by which members are verified. */
export async function keepAuthority(
  cloud: Cloud,
  place: Place,
  pem: string,
  signal: AbortSignal,
): Promise<string> {
  return keepSecret(cloud, nameOf(place, pem), { type: 'certificate', payload: pem }, signal);
}

/** What it belongs to. */
export interface Place {
  readonly balancer: string;
  /** `frontend-web`, `pool-web`. */
  readonly part: string;
}

function nameOf({ balancer, part }: Place, pem: string): string {
  return `trencadis/${balancer}/${part}/${sha256OfText(pem).slice(0, 16)}`;
}

async function keepSecret(
  cloud: Cloud,
  name: string,
  { type, payload }: { readonly type: 'certificate' | 'private'; readonly payload: string },
  signal: AbortSignal,
): Promise<string> {
  const known = (await listKept(cloud, 'secrets', name, signal))[0]?.secret_ref;
  if (known !== undefined) return known;
  const body = { name, secret_type: type, payload, payload_content_type: 'text/plain' };
  const call = { method: 'POST', path: '/secrets', body, isSecret: true } as const;
  return (await cloud.barbican.call(call, z.object({ secret_ref: z.string() }), signal)).secret_ref;
}

/**
 * Removes what is kept for a balancer and is none of these: earlier certificates, or all of a balancer that is gone.
 * Where the cloud has no key manager there is nothing.
 */
export async function forgetOthers(
  cloud: Cloud,
  balancer: string,
  used: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  if (!(await cloud.barbican.isOffered(signal))) return;
  const isOurs = ({ name }: Kept) => name?.startsWith(`trencadis/${balancer}/`) === true;
  const containers = (await listKept(cloud, 'containers', undefined, signal)).filter(isOurs);
  const inUse = new Set(used);
  for (const { container_ref: ref = '', secret_refs: parts = [] } of containers) {
    if (used.has(ref)) for (const part of parts) inUse.add(part.secret_ref);
    else await cloud.barbican.remove(pathOf('containers', ref), signal);
  }
  for (const { secret_ref: ref = '' } of (await listKept(cloud, 'secrets', undefined, signal)).filter(
    isOurs,
  )) {
    if (!inUse.has(ref)) await cloud.barbican.remove(pathOf('secrets', ref), signal);
  }
}

/** Its address may be an inner one of the cloud: only the id counts. */
function pathOf(kind: Kind, ref: string): string {
  return `/${kind}/${ref.slice(ref.lastIndexOf('/') + 1)}`;
}

async function listKept(
  cloud: Cloud,
  kind: Kind,
  name: string | undefined,
  signal: AbortSignal,
): Promise<Kept[]> {
  const schema = z.object({ [kind]: z.array(kept) });
  const found: Kept[] = [];
  for (;;) {
    const query = { name, limit: String(pageSize), offset: String(found.length) };
    const call = { path: `/${kind}`, query };
    const answer: HttpAnswer = await cloud.barbican.accepted(call, signal);
    const page = cloud.barbican.read(call, answer, schema)[kind] ?? [];
    // Containers are not listed by name: it is looked at here.
    found.push(...page);
    if (page.length < pageSize) return found.filter((each) => name === undefined || each.name === name);
  }
}
