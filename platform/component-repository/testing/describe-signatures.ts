import { describe, expect, it } from 'vitest';
import type { ComponentRepositoryHarness } from '../conformance.ts';
import { parseMinisignKeys } from '../minisign.ts';
import { createMinisignSigner } from './minisign-signer.ts';

const content = Buffer.from('create table key_share (eouid uuid primary key);\n');
const sql = { fileName: 'database.sql', version: '1.0.0', description: '', content };

const signer = createMinisignSigner();
const stranger = createMinisignSigner();
const trustedKeys = parseMinisignKeys(signer.publicKey);
/** Says that it is the trusted key, and is not. */
const impostor = createMinisignSigner(Buffer.from(signer.publicKey, 'base64').subarray(2, 10));

export function describeSignatures(harness: () => ComponentRepositoryHarness): void {
  const trusting = () => harness().reopen({ signatures: { trustedKeys, isRequired: false } });
  const requiring = () => harness().reopen({ signatures: { trustedKeys, isRequired: true } });

  describe('signatures', () => {
    it('of a trusted key are kept with the component, and verified again on demand', async () => {
      const signature = signer.sign(content, 'built on a clean machine');
      const component = await requiring().add({ ...sql, signature });
      expect(component.signature).toEqual({
        keyId: trustedKeys[0]?.keyId,
        trustedComment: 'built on a clean machine',
        text: signature,
      });
      expect(await requiring().find('database.sql')).toEqual(component);
      expect(await requiring().verify(component)).toEqual({ content: 'intact', signature: 'valid' });
      await harness().corrupt(component);
      expect(await requiring().verify(component)).toEqual({ content: 'damaged', signature: 'invalid' });
    });

    it.each([
      ['of other content', signer.sign(Buffer.from('drop table key_share;\n'))],
      ['of a key that is not trusted', stranger.sign(content)],
      ['of a key that calls itself the trusted one', impostor.sign(content)],
      ['with another trusted comment', signer.sign(content).replace('for a test', 'for you')],
    ])('%s are refused, and nothing is added', async (_what, signature) => {
      for (const repository of [trusting(), requiring()]) {
        await expect(repository.add({ ...sql, signature })).rejects.toMatchObject({ code: 'forbidden' });
      }
      expect(await harness().repository.list()).toEqual([]);
    });

    it('must be there where they are required', async () => {
      await expect(requiring().add(sql)).rejects.toMatchObject({
        code: 'forbidden',
        subject: 'database.sql',
      });
      const component = await trusting().add(sql);
      await expect(requiring().read(component)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(requiring().open(component)).rejects.toMatchObject({ code: 'forbidden' });
    });

    it('of a key that was withdrawn since deliver nothing any more', async () => {
      const component = await requiring().add({ ...sql, signature: signer.sign(content) });
      const without = harness().reopen({ signatures: { trustedKeys: [], isRequired: true } });
      expect(await without.verify(component)).toEqual({ content: 'intact', signature: 'untrusted' });
      await expect(without.read(component)).rejects.toMatchObject({ code: 'forbidden' });
      expect(await requiring().read(component)).toEqual(content);
    });

    it('are not taken where no key is trusted', async () => {
      const added = harness().repository.add({ ...sql, signature: signer.sign(content) });
      await expect(added).rejects.toMatchObject({ code: 'forbidden' });
    });
  });
}
