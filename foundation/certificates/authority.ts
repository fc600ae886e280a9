import { webcrypto } from 'node:crypto';
import type { Clock } from '@trencadis/clock';
import { keyAlgorithm, newKeyPair, privateKeyPem, randomSerialNumber, subject, validity } from './issue.ts';
import {
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from './x509.ts';

/** A certificate with its private key (PKCS #8), both as PEM text. The key is a secret: seal it at rest. */
export interface CertificatePems {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Days that an authority is valid where nothing else is asked for. */
export const authorityDays = 3650;

/** A self-signed ECDSA P-256 certificate authority (RFC 5280) for one infrastructure; `days` defaults to ten years. */
export async function createAuthority(request: {
  readonly commonName: string;
  readonly clock: Clock;
  readonly days?: number;
}): Promise<CertificatePems> {
  const keys = await newKeyPair();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomSerialNumber(),
      name: subject(request.commonName),
      ...validity(request.clock, request.days ?? authorityDays),
      signingAlgorithm: keyAlgorithm,
      keys,
      extensions: await authorityExtensions(keys.publicKey),
    },
    webcrypto,
  );
  return { certificatePem: certificate.toString('pem'), privateKeyPem: await privateKeyPem(keys) };
}

async function authorityExtensions(publicKey: webcrypto.CryptoKey): Promise<Extension[]> {
  return [
    new BasicConstraintsExtension(true, 0, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
  ];
}
