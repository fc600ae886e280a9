import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { quoteArgv } from './quote-argv.ts';

/** What a real POSIX shell makes of the command line. */
async function argumentsSeenByShell(argv: [string, ...string[]]): Promise<string[]> {
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', quoteArgv(argv)]);
  return stdout.split('\0').slice(0, -1);
}

const argument = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
const shellText = fc.stringMatching(/^[ '"\\$`!*?~#;&|<>(){}[\]=\n\ta-c-]{0,20}$/);

describe('quoteArgv', () => {
  test.prop([fc.array(fc.oneof(argument, shellText), { minLength: 1, maxLength: 8 })], { numRuns: 60 })(
    'gives a real shell exactly these arguments',
    async (args) => {
      expect(await argumentsSeenByShell(['printf', String.raw`%s\0`, ...args])).toEqual(args);
    },
  );

  it('starts nothing that an argument asks for', async () => {
    const args = ["'; echo pwned; '", '$(echo pwned)', '`echo pwned`', '-n', '', '\n'];
    expect(await argumentsSeenByShell(['printf', String.raw`%s\0`, ...args])).toEqual(args);
  });

  it.each(['', '-a', '--help'])('refuses %j as a program', (program) => {
    expect(() => quoteArgv([program])).toThrow(/cannot be the name of a program/);
  });

  it('refuses a NUL, which would end an argument early', () => {
    expect(() => quoteArgv(['echo', 'a\0b'])).toThrow(/NUL/);
  });
});
