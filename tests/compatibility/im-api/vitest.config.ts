import { defineConfig } from 'vitest/config';

/** IM's own clients against the platform: they are fetched from PyPI once, so these are apart from the other tests. */
export default defineConfig({
  test: {
    include: ['tests/compatibility/im-api/*.im.ts'],
    globalSetup: ['foundation/postgres/testing/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
