import { fc, test } from '@fast-check/vitest';
import type { BalancerSpec } from '@trencadis/availability';
import { isPlatformError } from '@trencadis/errors';
import { expect, it } from 'vitest';
import { checkMember, checkSpec } from './check-spec.ts';
import { renderConfig } from './render-config.ts';
import { exampleMember, examplePool, exampleRecord, exampleSpec } from './testing/example-record.ts';

function refusal(spec: BalancerSpec): string | undefined {
  try {
    checkSpec(spec);
    return undefined;
  } catch (error) {
    if (isPlatformError(error)) return error.code;
    throw error;
  }
}

it('takes what is well', () => {
  expect(refusal(exampleSpec({ virtualAddress: '10.0.0.200' }))).toBeUndefined();
});

it.each<[string, Partial<BalancerSpec>]>([
  ['a virtual address that is none', { virtualAddress: '10.0.0' }],
  ['https without its authority', { pools: [examplePool({ protocol: 'https' })] }],
  ['an authority that is no certificate', { pools: [examplePool({ authorityPem: 'PEM' })] }],
  ['http before tcp', { pools: [examplePool({ protocol: 'tcp' })] }],
  ['a time that is none', { pools: [examplePool({ drainMs: Number.NaN })] }],
  ['a status that is none', { pools: [examplePool({ check: { ...examplePool().check, status: 7 } })] }],
])('refuses %s', (_, changes) => {
  expect(refusal(exampleSpec(changes))).toBe('invalid-argument');
});

it('does not repeat a certificate that it cannot read', () => {
  const certificate = { certificatePem: 'TOP-SECRET', privateKeyPem: 'TOP-SECRET' };
  const frontends = [{ ...exampleSpec().frontends[0]!, protocol: 'https' as const, certificate }];
  expect(() => checkSpec(exampleSpec({ frontends }))).toThrow(/no PEM/);
  expect(() => checkSpec(exampleSpec({ frontends }))).not.toThrow(/SECRET/);
});

it('refuses a member whose address is a name', () => {
  expect(() => checkMember(exampleMember('one', { address: 'replica.example' }))).toThrow(/no IP address/);
});

test.prop([fc.string(), fc.string({ unit: 'binary' })])(
  'lets nothing through that would be a line of its own in the configuration',
  (path, host) => {
    const check = { ...examplePool().check, path: `/${path}`, host };
    const routes = [{ host, pathPrefix: `/${path}`, pool: 'web' }];
    const [frontend] = exampleSpec().frontends;
    const spec = exampleSpec({ pools: [examplePool({ check })], frontends: [{ ...frontend!, routes }] });
    if (refusal(spec) !== undefined) return;
    const lines = renderConfig(exampleRecord(spec, [])).split('\n');
    const plain = renderConfig(exampleRecord(exampleSpec(), [])).split('\n');
    expect(lines.length - plain.length).toBeLessThanOrEqual(4);
    for (const line of lines) expect(line.split("'").length % 2).toBe(1);
  },
);
