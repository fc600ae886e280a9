import { createPrivateKey, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { CertificatePems } from './authority.ts';
import { keyAlgorithm, newKeyPair, privateKeyPem, randomSerialNumber, subject, validity } from './issue.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from './x509.ts';

export interface ServerCertificateRequest {
  readonly authority: CertificatePems;
  readonly clock: Clock;
  /** Names and addresses (IPv4, IPv6) under which clients reach the server; at least one of them. */
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly days: number;
}

/** A TLS server certificate (ECDSA P-256), signed by the authority and valid for exactly those names and addresses. */
export async function issueServerCertificate(request: ServerCertificateRequest): Promise<CertificatePems> {
  const names = checkedNames(request);
  const issuer = new X509Certificate(request.authority.certificatePem);
  const keys = await newKeyPair();
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: randomSerialNumber(),
      subject: subject(commonNameOf(names)),
      issuer: issuer.subjectName,
      ...validity(request.clock, request.days),
      signingAlgorithm: keyAlgorithm,
      publicKey: keys.publicKey,
      signingKey: await signingKeyOf(request.authority),
      extensions: await serverExtensions(keys.publicKey, issuer, names),
    },
    webcrypto,
  );
  return { certificatePem: certificate.toString('pem'), privateKeyPem: await privateKeyPem(keys) };
}

type ServerName = { readonly type: 'dns' | 'ip'; readonly value: string };

async function serverExtensions(
  publicKey: webcrypto.CryptoKey,
  issuer: X509Certificate,
  names: ServerName[],
): Promise<Extension[]> {
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(names),
    await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
    await AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto),
  ];
}

/** Only for people: clients look at the alternative names alone (RFC 9110, 4.3.4), and those may be longer. */
function commonNameOf(names: ServerName[]): string {
  return names.map(({ value }) => value).find((name) => name.length <= 64) ?? 'Trencadis server';
}

function checkedNames({ dnsNames, ipAddresses }: ServerCertificateRequest): ServerName[] {
  const badName = dnsNames.find((name) => !dnsName.test(name) || name.length > 253);
  const badAddress = ipAddresses.find((address) => isIP(address) === 0);
  if (badName !== undefined || badAddress !== undefined) {
    const subjectText = badName ?? badAddress ?? '';
    const kind = badName === undefined ? 'an IP address' : 'a DNS name';
    throw new PlatformError(
      'invalid-argument',
      `A server certificate was asked for '${subjectText}', which is not ${kind}.`,
      {
        subject: subjectText,
      },
    );
  }
  if (dnsNames.length + ipAddresses.length === 0) {
    throw new PlatformError(
      'invalid-argument',
      'A server certificate needs at least one DNS name or IP address.',
    );
  }
  return [
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...ipAddresses.map((value) => ({ type: 'ip' as const, value })),
  ];
}

const dnsName = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

async function signingKeyOf(authority: CertificatePems): Promise<webcrypto.CryptoKey> {
  const pkcs8 = createPrivateKey(authority.privateKeyPem).export({ type: 'pkcs8', format: 'der' });
  return await webcrypto.subtle.importKey('pkcs8', pkcs8, keyAlgorithm, false, ['sign']);
}
