import { defineConfig } from 'vitest/config';

const withMachines = ['**/*.slow.test.ts', 'tests/end-to-end/*.test.ts'];
/** What takes minutes: every configurator on real machines, images, crashes of the local VM manager, many kills. */
const long = [
  'tests/contextualization/*.slow.test.ts',
  'tests/torture/*.slow.test.ts',
  'images/*.slow.test.ts',
  'drivers/vmm-local/{changes,crashes,machines}.slow.test.ts',
];
const outside = '**/node_modules/**';
/** They boot machines, one file at a time. */
const onMachines = { fileParallelism: false, testTimeout: 300_000, hookTimeout: 900_000 };

/** Unit tests run in one process without isolation. */
export default defineConfig({
  test: {
    // Many tests wait more than they compute: one worker a processor, not one less.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [outside, ...withMachines],
          isolate: false,
          globalSetup: ['foundation/postgres/testing/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'machines', include: withMachines, exclude: [outside, ...long], ...onMachines } },
      { test: { name: 'long', include: long, exclude: [outside], ...onMachines } },
    ],
  },
});
