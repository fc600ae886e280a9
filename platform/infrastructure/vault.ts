import { type CertificatePems, createAuthority } from '@trencadis/certificates';
import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { type InfrastructureId, newSecretText } from '@trencadis/ids';
import { type SealingKey, open, seal } from '@trencadis/sealing';
import { z } from 'zod';
import { type SshKeyPair, generateSshKeyPair } from '@trencadis/ssh-keys';
import type { InfrastructureStore } from './store.ts';

/** The secrets of an infrastructure, each made at its first use and kept sealed in the store. Never in a plan. */
export interface Vault {
  /** The administrator's key pair, installed on every VM of the infrastructure. */
  sshKeyPair(id: InfrastructureId): Promise<SshKeyPair>;
  /** The certificate authority that vouches for the infrastructure's services. */
  authority(id: InfrastructureId): Promise<CertificatePems>;
  /** `byteCount` random bytes as base64url text. */
  secret(id: InfrastructureId, name: string, byteCount: number): Promise<string>;
  /** Everything that is kept for an infrastructure, opened, by name: to be sealed again at once. */
  takeOut(id: InfrastructureId): Promise<Readonly<Record<string, string>>>;
  /** What another platform took out. A secret of that name that is here already stays. */
  putIn(id: InfrastructureId, secrets: Readonly<Record<string, string>>): Promise<void>;
  /** As {@link takeOut}, sealed as one text for a platform with the same key. */
  takeOutSealed(id: InfrastructureId): Promise<string>;
  /** What {@link takeOutSealed} sealed; with another key, or for another infrastructure: `invalid-argument`. */
  openSealed(id: InfrastructureId, sealed: string): Readonly<Record<string, string>>;
}

export interface VaultParts {
  readonly store: Pick<InfrastructureStore, 'findSecret' | 'insertSecret' | 'listSecrets'>;
  readonly sealingKey: SealingKey;
  readonly clock: Clock;
}

const sshKeyPairSchema = z.object({ privateKey: z.string(), publicKey: z.string() });
const authoritySchema = z.object({ certificatePem: z.string(), privateKeyPem: z.string() });

export function createVault({ store, sealingKey, clock }: VaultParts): Vault {
  const readOrMake = async (id: InfrastructureId, name: string, make: () => string | Promise<string>) => {
    const place = `${id}/${name}`;
    const stored =
      (await store.findSecret(id, name)) ??
      (await store.insertSecret(id, name, seal(Buffer.from(await make(), 'utf8'), sealingKey, place)));
    return open(stored, sealingKey, place).toString('utf8');
  };
  const takeOut = async (id: InfrastructureId) =>
    Object.fromEntries(
      Object.entries(await store.listSecrets(id)).map(([name, sealed]) => [
        name,
        open(sealed, sealingKey, `${id}/${name}`).toString('utf8'),
      ]),
    );
  return {
    sshKeyPair: async (id) => {
      const text = await readOrMake(id, 'ssh-key-pair', () => JSON.stringify(generateSshKeyPair(id)));
      return parse(sshKeyPairSchema, text, `${id}/ssh-key-pair`);
    },
    authority: async (id) => {
      const text = await readOrMake(id, 'authority', async () =>
        JSON.stringify(await createAuthority({ commonName: `Trencadis ${id}`, clock })),
      );
      return parse(authoritySchema, text, `${id}/authority`);
    },
    secret: (id, name, byteCount) => readOrMake(id, `secret/${name}`, () => newSecretText(byteCount)),
    takeOut,
    takeOutSealed: async (id) =>
      seal(Buffer.from(JSON.stringify(await takeOut(id)), 'utf8'), sealingKey, placeOfAll(id)),
    openSealed: (id, sealed) => openAll(id, sealed, sealingKey),
    putIn: async (id, secrets) => {
      for (const [name, text] of Object.entries(secrets))
        await store.insertSecret(id, name, seal(Buffer.from(text, 'utf8'), sealingKey, `${id}/${name}`));
    },
  };
}

/** No place of a single secret: those have a `/`. */
const placeOfAll = (id: InfrastructureId) => `${id}:all`;

function openAll(
  id: InfrastructureId,
  sealed: string,
  sealingKey: SealingKey,
): Readonly<Record<string, string>> {
  try {
    const text = open(sealed, sealingKey, placeOfAll(id)).toString('utf8');
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch (cause) {
    const message = `The secrets of ${id} were sealed with the key of another platform: carry it with 'trencadis export' and 'trencadis import', under a passphrase.`;
    throw new PlatformError('invalid-argument', message, { subject: id, cause });
  }
}

function parse<Parsed>(schema: z.ZodType<Parsed>, text: string, place: string): Parsed {
  const result = schema.safeParse(JSON.parse(text));
  if (!result.success)
    throw new PlatformError('internal', `The sealed value ${place} has another shape than expected.`);
  return result.data;
}
