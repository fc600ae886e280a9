import { expect, it } from 'vitest';
import { bundleSchema } from './export-infrastructure.ts';
import type { Member } from './model.ts';

it('carries all that is kept of a VM', () => {
  const member: Member = {
    systemId: 'web',
    number: 1,
    ordinal: 0,
    vmm: 'memory',
    isStopped: false,
    isStandby: true,
    alteration: { cpuCount: 2, memoryMiB: 512, disks: [] },
  };
  expect(bundleSchema.shape.members.parse([member])).toEqual([member]);
});
