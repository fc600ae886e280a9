import type { ACM, KeyAlgorithm } from '@aws-sdk/client-acm';
import type { BalancerSpec, Certificate } from '@trencadis/availability';
import { allPages, factsOf, invalid, tagsOf } from '@trencadis/aws-client';
import { sha256OfText } from '@trencadis/ids';
import { type Account, onceFree, removed } from './account.ts';
import { tagKey } from './tags.ts';

export interface OwnCertificate {
  readonly arn: string;
  readonly frontend: string;
  readonly digest: string | undefined;
}

/**
 * Those of a balancer, by their tags. Amazon's certificate manager finds nothing by tags, so all that were imported are
 * asked for theirs: only balancers that have had one are looked for.
 */
export async function findCertificates(
  account: Account,
  balancer: string,
): Promise<readonly OwnCertificate[]> {
  const acm = await account.site.clients.acm();
  const found: OwnCertificate[] = [];
  for (const arn of await imported(acm, account)) {
    const facts = await factsOfCertificate(acm, account, arn);
    if (facts[tagKey.balancer] !== balancer) continue;
    found.push({ arn, frontend: facts[tagKey.frontend] ?? '', digest: facts[tagKey.digest] });
  }
  return found;
}

/** Those that can be imported. https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html */
const keyTypes: readonly KeyAlgorithm[] = [
  'RSA_1024',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'EC_prime256v1',
  'EC_secp384r1',
  'EC_secp521r1',
];

async function imported(acm: ACM, { on }: Account): Promise<readonly string[]> {
  // Without being asked for, only those with RSA keys of 2048 bits are told.
  const Includes = { keyTypes: [...keyTypes] };
  const all = await allPages(
    ({ NextToken }) =>
      acm.listCertificates({ Includes, ...(NextToken === undefined ? {} : { NextToken }) }, on),
    ({ CertificateSummaryList }) => CertificateSummaryList,
  );
  return all
    .filter(({ Type = 'IMPORTED' }) => Type === 'IMPORTED')
    .flatMap(({ CertificateArn }) => CertificateArn ?? []);
}

async function factsOfCertificate(acm: ACM, { on }: Account, CertificateArn: string) {
  try {
    return factsOf(await acm.listTagsForCertificate({ CertificateArn }, on));
  } catch (error) {
    // Somebody else's, removed meanwhile.
    if (error instanceof Error && /NotFound/.test(error.name)) return {};
    throw error;
  }
}

/**
 * The certificate of each frontend that ends TLS, by the frontend's name. A new one is imported in the place of the old
 * one: its listener goes on and takes it by itself.
 */
export async function ensureCertificates(
  account: Account,
  spec: BalancerSpec,
): Promise<ReadonlyMap<string, string>> {
  const wanted = spec.frontends.flatMap(({ name, certificate }) =>
    certificate === undefined ? [] : [{ name, certificate }],
  );
  const arns = new Map<string, string>();
  if (wanted.length === 0) return arns;
  const existing = await findCertificates(account, spec.name);
  for (const { name, certificate } of wanted) {
    const old = existing.find(({ frontend }) => frontend === name);
    arns.set(name, await importOne(account, { spec, frontend: name, certificate, old }));
  }
  return arns;
}

interface Import {
  readonly spec: BalancerSpec;
  readonly frontend: string;
  readonly certificate: Certificate;
  readonly old: OwnCertificate | undefined;
}

async function importOne(account: Account, { spec, frontend, certificate, old }: Import): Promise<string> {
  const digest = sha256OfText(certificate.certificatePem);
  if (old?.digest === digest) return old.arn;
  const acm = await account.site.clients.acm();
  const parts = partsOf(certificate, spec.name);
  if (old !== undefined) {
    await acm.importCertificate({ ...parts, CertificateArn: old.arn }, account.on);
    const Tags = tagsOf({ [tagKey.digest]: digest });
    await acm.addTagsToCertificate({ CertificateArn: old.arn, Tags }, account.on);
    return old.arn;
  }
  const facts = {
    [tagKey.shown]: `balancer ${spec.name}`,
    [tagKey.tag]: spec.tag,
    [tagKey.balancer]: spec.name,
    [tagKey.frontend]: frontend,
    [tagKey.digest]: digest,
  };
  const { CertificateArn = '' } = await acm.importCertificate({ ...parts, Tags: tagsOf(facts) });
  return CertificateArn;
}

const onePem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function partsOf({ certificatePem, privateKeyPem }: Certificate, balancer: string) {
  const [leaf, ...chain] = certificatePem.match(onePem) ?? [];
  if (leaf === undefined)
    throw invalid(`A certificate of the balancer ${balancer} is no PEM: write the leaf first.`, balancer);
  const bytes = (text: string) => new TextEncoder().encode(text);
  return {
    Certificate: bytes(leaf),
    PrivateKey: bytes(privateKeyPem),
    ...(chain.length === 0 ? {} : { CertificateChain: bytes(chain.join('\n')) }),
  };
}

/** Amazon holds a certificate for a while after its listener has gone. */
export async function removeCertificates(account: Account, all: readonly OwnCertificate[]): Promise<void> {
  const acm = await account.site.clients.acm();
  for (const { arn: CertificateArn } of all)
    await removed(() => onceFree(account, () => acm.deleteCertificate({ CertificateArn }, account.on)));
}
