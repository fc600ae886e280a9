import { disksOf, intervalOf, parseRadl } from '@trencadis/radl';
import { describe, expect, it } from 'vitest';
import { alterationRadl } from './alteration-radl.ts';

const document = {
  radl: "system db (disk.0.os.name = 'linux' and disk.1.size = 1Gi and disk.1.mount_path = '/old')\ndeploy db 1",
  dialect: 'trencadis',
  parameters: {},
} as const;

function systemOf(radl: string) {
  const { document: parsed, diagnostics } = parseRadl(radl, { dialect: 'trencadis' });
  expect(diagnostics).toEqual([]);
  return parsed.systems[0]!;
}

describe('alterationRadl', () => {
  it('writes sizes that RADL reads', () => {
    const system = systemOf(alterationRadl('db', { cpu: '2', memory: '2Gi' }, document));
    expect(intervalOf(system, 'cpu.count')?.low?.value).toBe(2);
    expect(intervalOf(system, 'memory.size')?.low?.value).toBe(2 ** 31);
  });

  it('adds disks after those that there are, or changes the one that is named', () => {
    const more = systemOf(alterationRadl('db', { disk: ['10Gi:/data', '1Gi:/logs'] }, document));
    expect(disksOf(more)).toMatchObject([
      { index: 2, sizeBytes: 10 * 2 ** 30, mountPath: '/data' },
      { index: 3, mountPath: '/logs' },
    ]);
    const same = systemOf(alterationRadl('db', { disk: ['1=20Gi:/old'] }, document));
    expect(disksOf(same)).toMatchObject([{ index: 1, sizeBytes: 20 * 2 ** 30, mountPath: '/old' }]);
  });

  it.each([
    {},
    { cpu: 'two' },
    { memory: '2 and more' },
    { disk: ['10Gi'] },
    { disk: ["10Gi:/a' and cpu.count >= 9"] },
    { disk: ['10Gi:data'] },
  ])('refuses %j', (given) => {
    expect(() => alterationRadl('db', given, document)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }) as Error,
    );
  });
});
