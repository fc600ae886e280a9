import { fc, test } from '@fast-check/vitest';
import { PlatformError } from '@trencadis/errors';
import { describe, expect, it } from 'vitest';
import {
  type IdKind,
  brandId,
  idPatterns,
  newInfrastructureId,
  newPlanId,
  newSecretText,
  newUuid,
  parseId,
  sha256OfBytes,
  sha256OfText,
} from './index.ts';

const kinds = Object.keys(idPatterns) as IdKind[];
const dnsLabelKinds = ['VmName', 'NetworkName', 'DiskName', 'Tag', 'VmiId'] as const;
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);

describe('parseId and brandId', () => {
  test.prop([fc.constantFrom(...kinds), fc.string()])('agree on every text', (kind, text) => {
    const parsed = parseId(kind, text);
    if (parsed === undefined) expect(() => brandId(kind, text)).toThrow(PlatformError);
    else expect(brandId(kind, text)).toBe(text);
  });

  test.prop([fc.constantFrom(...dnsLabelKinds), label])('take every DNS label as a name', (kind, text) => {
    expect(parseId(kind, text)).toBe(text);
  });

  it.each(['', '-a', 'a-', 'a.b', 'A', 'a_b', 'a b', 'a\n', `a${'b'.repeat(63)}`])(
    'refuse %j as a VM name',
    (text) => {
      expect(parseId('VmName', text)).toBeUndefined();
    },
  );

  test.prop([fc.constantFrom(...kinds), fc.constantFrom(' ', '\n', ';', '/', '$(id)')])(
    'refuse anything after a valid id',
    (kind, suffix) => {
      const examples: Record<IdKind, string> = {
        InfrastructureId: 'inf-abcdefgh',
        PlanId: 'plan-abcdefghijkl',
        VmName: 'vm',
        NetworkName: 'net',
        DiskName: 'disk',
        Tag: 'tag',
        VmiId: 'vmi',
        Sha256: 'a'.repeat(64),
        Eouid: '01234567-89AB-CDEF-0123-456789ABCDEF',
      };
      expect(parseId(kind, examples[kind])).toBe(examples[kind]);
      expect(parseId(kind, examples[kind] + suffix)).toBeUndefined();
    },
  );

  it('names the text, the kind and the pattern when it refuses', () => {
    expect(() => brandId('Eouid', 'abc')).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        subject: 'abc',
        message: expect.stringMatching(/^'abc' is not a Eouid: it must match \^\[0-9A-F\]/),
      }),
    );
  });
});

describe('new ids', () => {
  it.each([
    { kind: 'InfrastructureId', make: newInfrastructureId },
    { kind: 'PlanId', make: newPlanId },
  ] as const)('$kind matches its pattern and does not repeat', ({ kind, make }) => {
    const made = Array.from({ length: 1000 }, () => make());
    expect(made.every((id) => idPatterns[kind].test(id))).toBe(true);
    expect(new Set(made).size).toBe(made.length);
  });

  it('makes UUIDs of version 4', () => {
    expect(newUuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('makes secrets of as many bytes as asked, in base64url', () => {
    expect(Buffer.from(newSecretText(), 'base64url')).toHaveLength(32);
    expect(Buffer.from(newSecretText(24), 'base64url')).toHaveLength(24);
    expect(newSecretText(64)).toMatch(/^[A-Za-z0-9_-]{86}$/);
    expect(newSecretText()).not.toBe(newSecretText());
  });
});

describe('SHA-256', () => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ])('of %j is the one of FIPS 180-4', (text, digest) => {
    expect(sha256OfText(text)).toBe(digest);
    expect(sha256OfBytes(Buffer.from(text))).toBe(digest);
  });

  it('reads text as UTF-8', () => {
    expect(sha256OfText('Trencadís')).toBe(
      sha256OfBytes(Uint8Array.of(84, 114, 101, 110, 99, 97, 100, 0xc3, 0xad, 115)),
    );
  });
});
