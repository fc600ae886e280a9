import { defineConfig } from 'vitest/config';

const slow = ['**/*.slow.test.ts', 'tests/end-to-end/**'];

/** Unit tests run in one process without isolation; `slow` ones boot machines, one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', ...slow],
          isolate: false,
          globalSetup: ['foundation/postgres/testing/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'machines',
          include: slow.map((glob) => (glob.endsWith('**') ? `${glob}/*.test.ts` : glob)),
          exclude: ['**/node_modules/**'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
