import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { probeLocalVmm } from './index.ts';

afterEach(() => vi.restoreAllMocks());

describe('the preflight of local machines', () => {
  it('says first that root is needed', async () => {
    vi.spyOn(process, 'geteuid').mockReturnValue(1000);
    expect(await probeLocalVmm({ directory: tmpdir() })).toEqual([
      {
        severity: 'error',
        what: 'Local machines need root, and this process is not.',
        remedy: 'Run it as root or under sudo.',
      },
    ]);
  });
});
