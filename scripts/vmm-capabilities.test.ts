import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { createMemoryVmm } from '@trencadis/vmm-memory';
import { expect, it } from 'vitest';
import { vmmCapabilitiesPage } from './vmm-capabilities.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/vm-managers.md'), 'utf8');

it('docs/vm-managers.md is as `npm run generate` writes it', () => {
  expect(page).toBe(vmmCapabilitiesPage());
});

it('docs/vm-managers.md has a row for every capability', () => {
  const { product: _, update: __, ...others } = createMemoryVmm({ clock: systemClock }).capabilities;
  for (const name of [...Object.keys(others), 'update.size', 'update.disks']) {
    expect(page).toContain(`| \`${name}\` `);
  }
});
