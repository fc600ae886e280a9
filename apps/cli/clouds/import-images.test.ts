import { describe, expect, it } from 'vitest';
import { cloudImportOrder, importOrder, printImport } from './import-images.ts';

describe('what is asked to be imported', () => {
  it('of a cloud is chosen by pattern and described where it is not', () => {
    expect(
      cloudImportOrder('lab', { pattern: 'ubuntu*', os: 'linux Scientific Linux 5.7', platform: true }),
    ).toEqual({
      importer: 'cloud',
      source: 'lab',
      pattern: 'ubuntu*',
      operatingSystem: { name: 'linux', flavour: 'Scientific Linux', version: '5.7' },
      scope: 'platform',
    });
    expect(cloudImportOrder('lab', {})).toEqual({ importer: 'cloud', source: 'lab' });
    expect(() => cloudImportOrder('lab', { os: 'debian' })).toThrow("such as 'linux Debian 12'");
  });

  it('from a source needs the source', () => {
    expect(importOrder(undefined, undefined, {})).toEqual({});
    expect(importOrder('ovf', '/a', {})).toEqual({ importer: 'ovf', source: '/a' });
    expect(() => importOrder('ovf', undefined, {})).toThrow('Say from where ovf imports');
  });
});

it('what was taken and what was left are told', () => {
  const images = [{ id: 'ana-lab-id-1', name: 'debian-12', version: 1, warnings: ['no architecture'] }];
  expect(printImport({ images, left: [{ name: 'mystery', because: 'unknown' }] })).toBe(
    'ana-lab-id-1 version 1 (debian-12)\n  warning: no architecture\nleft mystery: unknown\n',
  );
});
