import { expect, it } from 'vitest';
import { probeImageBuild } from './probe-image-build.ts';

it('finds too little space where the folder would be made, with a remedy', async () => {
  // The proc file system has no free blocks at all.
  const problems = await probeImageBuild({ directory: '/proc/not/there' });
  expect(problems).toContainEqual({
    problem: '/proc/not/there has 0.0 GiB free; building images needs 3 GiB.',
    remedy: expect.stringContaining('Free some space'),
  });
});

it('gives each problem a remedy', async () => {
  for (const { remedy } of await probeImageBuild({ directory: '/' })) expect(remedy).toMatch(/^[A-Z]/);
});
