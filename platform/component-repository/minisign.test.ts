import { createHash } from 'node:crypto';
import { isPlatformError } from '@trencadis/errors';
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { isSignedBy, parseMinisignKeys, parseMinisignSignature } from './minisign.ts';
import { createMinisignSigner } from './testing/minisign-signer.ts';

// Made with minisign 0.11, of Debian 12, for a key that was thrown away.
const content = 'create table key_share (eouid uuid primary key);\n';
const keyFile = `untrusted comment: minisign public key 5D9AFC802CE89B68
RWRom+gsgPyaXc5DMqgv5N6dAFEAldOGx4++z496W+MH2pEM7Ws1MMTg
`;
const signatureFile = `untrusted comment: untrusted
RURom+gsgPyaXcOEHPiCUlUGmeU/uX6iRh9b0eDCwRBM1PzBKkrTPPAheIEgNSh/0IfWrkCrX5IezP/Wt00bLrUlC6Ml+cbGFgY=
trusted comment: the SQL Keys database, für Trencadís
qsRLnJGpoMANahppkWCBKyHkxptCCKHTEPnd/XtBJZ9FMDBF6k3R3OZD3eNK9iOnOG47A7Yf28e02lzRiqFDDA==
`;
const oldSignatureFile = `untrusted comment: signature from minisign secret key
RWRom+gsgPyaXY46vlx2Y6xySeBKexvuImX5W/MwSzGTSWy51zJSVQuXFI0q2CzRYqvHH+xlduvRYY5uyvuZ6VrfTOQGipBT3AM=
trusted comment: timestamp:1795417397	file:database.sql
Z1RbEe+J6Ga21UyUrj1+wr40wK8etR6Q0AxM6EoLnicXL3eLHvFTMoWgRTfIaicmWnaHoQk3hkuBE4yZw8wrCA==
`;

const blake2b = (text: string | Buffer) => createHash('blake2b512').update(text).digest();
const key = parseMinisignKeys(keyFile)[0]!;

describe("minisign's own files", () => {
  it('verify', () => {
    const signature = parseMinisignSignature(signatureFile);
    expect(signature.keyId).toBe('5D9AFC802CE89B68');
    expect(key.keyId).toBe('5D9AFC802CE89B68');
    expect(signature.trustedComment).toBe('the SQL Keys database, für Trencadís');
    expect(isSignedBy(signature, key, blake2b(content))).toBe(true);
  });

  it('verify with the line ends of Windows, and without the last one', () => {
    for (const text of [signatureFile.replaceAll('\n', '\r\n'), signatureFile.trimEnd()]) {
      expect(isSignedBy(parseMinisignSignature(text), key, blake2b(content))).toBe(true);
    }
  });

  it('of the old kind are refused with the remedy', () => {
    expect(() => parseMinisignSignature(oldSignatureFile)).toThrow(/sign again without -l/);
  });

  it('do not verify for another content, comment or key', () => {
    const signature = parseMinisignSignature(signatureFile);
    expect(isSignedBy(signature, key, blake2b(`${content} `))).toBe(false);
    const other = parseMinisignSignature(signatureFile.replace('für Trencadís', 'for me'));
    expect(isSignedBy(other, key, blake2b(content))).toBe(false);
    const [stranger] = parseMinisignKeys(createMinisignSigner().publicKey);
    expect(isSignedBy(signature, { ...stranger!, keyId: key.keyId }, blake2b(content))).toBe(false);
    expect(isSignedBy(signature, { ...key, keyId: '0000000000000000' }, blake2b(content))).toBe(false);
  });
});

describe('a changed signature', () => {
  it('is refused or does not verify, whichever byte of the two signatures changed', () => {
    const lines = signatureFile.split('\n');
    const change = (line: number, at: number, mask: number) => {
      const bytes = Buffer.from(lines[line]!, 'base64');
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ mask;
      return lines.with(line, bytes.toString('base64')).join('\n');
    };
    const holds = (text: string): boolean => {
      try {
        return isSignedBy(parseMinisignSignature(text), key, blake2b(content));
      } catch (error) {
        if (isPlatformError(error, 'invalid-argument')) return false;
        throw error;
      }
    };
    fc.assert(
      fc.property(fc.constantFrom(1, 3), fc.nat(), fc.integer({ min: 1, max: 255 }), (line, at, mask) => {
        const text = change(line, at, mask);
        expect(holds(text)).toBe(false);
      }),
    );
  });

  it('is never anything but refused when it is any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseMinisignSignature(text)).toThrow(
          expect.objectContaining({ code: 'invalid-argument' }),
        );
      }),
    );
  });
});

describe('keys', () => {
  it('are read from .pub files and from lists', () => {
    const keys = Array.from({ length: 3 }, () => createMinisignSigner().publicKey);
    const ids = parseMinisignKeys(keys.join('\n')).map(({ keyId }) => keyId);
    expect(new Set(ids).size).toBe(3);
    expect(parseMinisignKeys(keys.join(',')).map(({ keyId }) => keyId)).toEqual(ids);
    expect(parseMinisignKeys(`${keyFile}\n${keys[0]}`)).toHaveLength(2);
    expect(parseMinisignKeys('')).toEqual([]);
  });

  it.each(['RWRom', 'not a key', Buffer.alloc(42).toString('base64')])('are not %j', (text) => {
    expect(() => parseMinisignKeys(text)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
