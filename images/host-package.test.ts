import { expect, it } from 'vitest';
import { missingHostPackages } from './host-package.ts';

it('finds what is missing, by command or by file', async () => {
  const here = { command: 'sh', package: 'dash', why: 'a shell' };
  const noCommand = { command: 'no-such-command-of-ours', package: 'none', why: 'nothing' };
  const noFile = { ...here, file: '/no/such/file', package: 'other' };
  expect(await missingHostPackages([here, noCommand, noFile])).toEqual([noCommand, noFile]);
});
