import { fc, test } from '@fast-check/vitest';
import { brandId, idPatterns } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { layoutOf } from './layout.ts';

const name = fc.stringMatching(idPatterns.VmName);

describe('the layout of a directory', () => {
  test.prop([name])('gives names that Linux takes, and keeps files inside the directory', (text) => {
    const layout = layoutOf('/var/lib/trencadis');
    const machine = layout.machine(brandId('VmName', text));
    expect(layout.bridge(brandId('NetworkName', text)).length).toBeLessThanOrEqual(15);
    expect(machine.link(7).length).toBeLessThanOrEqual(15);
    expect(machine.kernelName).toMatch(/^[a-z0-9]{1,63}$/);
    for (const path of [machine.record, machine.root, layout.disk(brandId('DiskName', text)).data]) {
      expect(path.startsWith('/var/lib/trencadis/')).toBe(true);
    }
  });

  it('gives two directories different names for the same machine', () => {
    const [one, two] = ['/a', '/b'].map((path) => layoutOf(path).machine(brandId('VmName', 'vm')).kernelName);
    expect(one).not.toBe(two);
  });
});
