import { describe, expect, it } from 'vitest';
import { parseClouds } from './read-clouds-file.ts';
import type { SecretReference } from './resolve-secrets.ts';

const secrets: Readonly<Record<string, string>> = { 'pw.txt': 'tops3cret', OS_PASSWORD: 'tops3cret' };
const read = (named: SecretReference) => secrets['env' in named ? named.env : named.file];
const ordersOf = (text: string) => parseClouds(text, { place: 'clouds.yaml', read });
const problemsOf = (text: string) => {
  try {
    return ordersOf(text);
  } catch (error) {
    return String(error);
  }
};

const lab = `
    product: openstack
    endpoint: https://keystone.example.org:5000
    credentials:
      username: ana
      password: { file: pw.txt }
      projectName: tests
    groups: [ward]
    price: { currency: EUR, perCpuHour: 0.02 }`;
const expected = {
  name: 'lab',
  body: {
    product: 'openstack',
    endpoint: 'https://keystone.example.org:5000',
    credentials: { username: 'ana', password: 'tops3cret', projectName: 'tests' },
    groups: ['ward'],
    price: { currency: 'EUR', perCpuHour: 0.02 },
    scope: 'own',
  },
};

describe('a file of clouds', () => {
  it('names them as keys or in a list', () => {
    expect(ordersOf(`clouds:\n  lab:${lab}`)).toEqual([expected]);
    expect(ordersOf(`clouds:\n  - name: lab${lab}`)).toEqual([expected]);
    expect(ordersOf('clouds: {}')).toEqual([]);
  });

  it('refers to secrets in files and variables', () => {
    const text =
      'clouds: { a: { product: x, credentials: { p: { env: OS_PASSWORD }, q: { file: pw.txt, x: 1 } } } }';
    expect(ordersOf(text)[0]?.body.credentials).toEqual({ p: 'tops3cret', q: { file: 'pw.txt', x: 1 } });
  });

  it('is refused with all its problems, by their place and without values', () => {
    const text = `clouds:
  - name: one
    endpont: tops3cret
    price: { currency: EUR, perVmHour: tops3cret }
  - product: x
    credentials: [tops3cret]`;
    const problems = problemsOf(text);
    for (const place of [
      'one.product: ',
      'one: ',
      'one.price.perVmHour: ',
      'cloud 2.name: ',
      'cloud 2.credentials: ',
    ]) {
      expect(problems).toContain(`  ${place}`);
    }
    expect(problems).not.toContain('tops3cret');
  });

  it('is refused where a secret is not there, or a cloud is there twice', () => {
    const cloud = (name: string) => `  - { name: ${name}, product: x, credentials: { p: { env: NONE } } }\n`;
    expect(problemsOf(`clouds:\n${cloud('a')}${cloud('b')}${cloud('a')}`)).toMatch(
      /a: is there twice\n {2}a\.credentials\.p: variable NONE is not there\n {2}b\.credentials\.p: variable NONE/,
    );
  });

  it.each(['clouds: [tops3cret', 'tops3cret', 'lab: {}', 'clouds: tops3cret', '', 'a: *tops3cret'])(
    'is refused when it is no such file: %j',
    (text) => {
      const problems = problemsOf(text);
      expect(problems).toContain('clouds.yaml cannot be used');
      expect(problems).not.toContain('tops3cret');
    },
  );
});
