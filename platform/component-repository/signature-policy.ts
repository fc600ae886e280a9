import { PlatformError } from '@trencadis/errors';
import { type MinisignKey, isSignedBy, parseMinisignSignature } from './minisign.ts';
import type { Component, ComponentSignature, Verification } from './model.ts';
import { nameOf } from './resolve-dependencies.ts';

export interface SignaturePolicy {
  readonly trustedKeys: readonly MinisignKey[];
  /** Then nothing is added or handed out without a signature of a trusted key. */
  readonly isRequired: boolean;
}

export const noSignatures: SignaturePolicy = { trustedKeys: [], isRequired: false };

/** Before the content is there: is there a signature where one must be, by a key that is trusted? */
export function readSignature(
  policy: SignaturePolicy,
  file: { readonly fileName: string; readonly version: string; readonly signature?: string },
): ComponentSignature | undefined {
  if (file.signature === undefined) {
    if (policy.isRequired) throw unsigned(file);
    return undefined;
  }
  const { keyId, trustedComment } = parseMinisignSignature(file.signature);
  const signature = { keyId, trustedComment, text: file.signature };
  if (!isTrusted(policy, signature)) throw untrusted(file, keyId);
  return signature;
}

export function judgeSignature(
  { trustedKeys }: SignaturePolicy,
  signature: ComponentSignature | undefined,
  blake2b: Buffer,
): Verification['signature'] {
  if (signature === undefined) return 'none';
  const candidates = trustedKeys.filter(({ keyId }) => keyId === signature.keyId);
  if (candidates.length === 0) return 'untrusted';
  const parsed = parseMinisignSignature(signature.text);
  return candidates.some((key) => isSignedBy(parsed, key, blake2b)) ? 'valid' : 'invalid';
}

/**
 * A key that was withdrawn since stops what it signed. The signature itself was verified when the file was added,
 * and the digest holds the content to it.
 */
export function assertDeliverable(policy: SignaturePolicy, component: Component): void {
  if (!policy.isRequired) return;
  if (component.signature === undefined) throw unsigned(component);
  if (!isTrusted(policy, component.signature)) throw untrusted(component, component.signature.keyId);
}

function isTrusted({ trustedKeys }: SignaturePolicy, { keyId }: ComponentSignature): boolean {
  return trustedKeys.some((key) => key.keyId === keyId);
}

type Named = Pick<Component, 'fileName' | 'version'>;

function unsigned(file: Named): PlatformError {
  const message = `${nameOf(file)} has no signature, and this repository requires one: sign it with 'minisign -S' and add it with its .minisig file.`;
  return new PlatformError('forbidden', message, { subject: file.fileName });
}

function untrusted(file: Named, keyId: string): PlatformError {
  const message = `${nameOf(file)} is signed with the key ${keyId}, which this repository does not trust; an operator adds its public key to TRUSTED_COMPONENT_KEYS.`;
  return new PlatformError('forbidden', message, { subject: file.fileName });
}
