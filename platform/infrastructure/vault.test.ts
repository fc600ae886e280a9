import { systemClock } from '@trencadis/clock';
import { newInfrastructureId } from '@trencadis/ids';
import { parseSealingKey } from '@trencadis/sealing';
import { describe, expect, it } from 'vitest';
import type { InfrastructureStore } from './store.ts';
import { createMemoryInfrastructureStore } from './testing/memory-store.ts';
import { createVault } from './vault.ts';

const id = newInfrastructureId();
const sealingKey = keyOf(7);

function keyOf(byte: number) {
  return parseSealingKey(Buffer.alloc(32, byte).toString('base64url'));
}

/** A store that remembers all that was written. */
function watchedStore(): { readonly store: InfrastructureStore; readonly written: string[] } {
  const store = createMemoryInfrastructureStore();
  const written: string[] = [];
  const insertSecret: InfrastructureStore['insertSecret'] = async (owner, name, sealed) => {
    written.push(sealed);
    return store.insertSecret(owner, name, sealed);
  };
  return { store: { ...store, insertSecret }, written };
}

const vaultOn = (store: InfrastructureStore) => createVault({ store, sealingKey, clock: systemClock });

describe('vault', () => {
  it('writes nothing in plain text', async () => {
    const { store, written } = watchedStore();
    const vault = vaultOn(store);
    const secret = await vault.secret(id, 'database/SQL_Keys', 24);
    const { privateKey } = await vault.sshKeyPair(id);
    const { privateKeyPem } = await vault.authority(id);
    expect(written).toHaveLength(3);
    const everyForm = (text: string) => [
      text,
      ...(['base64', 'base64url', 'hex'] as const).map(encodedAs(text)),
    ];
    const plainTexts = [secret, privateKey, privateKeyPem, 'PRIVATE KEY'].flatMap(everyForm);
    for (const sealed of written) {
      expect(sealed).toMatch(/^sealed-v1\./);
      for (const plain of plainTexts) expect(sealed).not.toContain(plain.slice(0, 40));
    }
  });

  it('answers the same again, to this process and to the next', async () => {
    const { store } = watchedStore();
    const first = vaultOn(store);
    const second = vaultOn(store);
    expect(await second.secret(id, 'a', 32)).toBe(await first.secret(id, 'a', 32));
    expect(await second.sshKeyPair(id)).toEqual(await first.sshKeyPair(id));
    expect(await second.authority(id)).toEqual(await first.authority(id));
  });

  it('lets two processes that ask at the same moment agree', async () => {
    const { store } = watchedStore();
    const vaults = Array.from({ length: 4 }, () => vaultOn(store));
    expect(new Set(await Promise.all(vaults.map((vault) => vault.secret(id, 'a', 32)))).size).toBe(1);
    const pairs = await Promise.all(vaults.map((vault) => vault.sshKeyPair(id)));
    expect(new Set(pairs.map((pair) => pair.privateKey)).size).toBe(1);
  });

  it('makes another secret for each name and infrastructure, of the length asked for', async () => {
    const vault = vaultOn(createMemoryInfrastructureStore());
    const secrets = [
      await vault.secret(id, 'a', 32),
      await vault.secret(id, 'b', 32),
      await vault.secret(newInfrastructureId(), 'a', 32),
    ];
    expect(new Set(secrets).size).toBe(3);
    for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  });

  it('opens nothing with another key, and nothing that was moved from another infrastructure', async () => {
    const store = createMemoryInfrastructureStore();
    await vaultOn(store).secret(id, 'a', 32);
    const stranger = createVault({ store, sealingKey: keyOf(8), clock: systemClock });
    await expect(stranger.secret(id, 'a', 32)).rejects.toMatchObject({ name: 'PlatformError' });
    const other = newInfrastructureId();
    await store.insertSecret(other, 'secret/a', (await store.findSecret(id, 'secret/a'))!);
    await expect(vaultOn(store).secret(other, 'a', 32)).rejects.toMatchObject({ name: 'PlatformError' });
  });

  it('makes new ones after they were removed', async () => {
    const store = createMemoryInfrastructureStore();
    const before = await vaultOn(store).secret(id, 'a', 32);
    await store.removeSecrets(id);
    expect(await vaultOn(store).secret(id, 'a', 32)).not.toBe(before);
  });
});

function encodedAs(text: string) {
  return (encoding: 'base64' | 'base64url' | 'hex') => Buffer.from(text, 'utf8').toString(encoding);
}
