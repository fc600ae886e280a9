import { PlatformError } from '@trencadis/errors';

/**
 * One POSIX shell word an argument: inside single quotes everything but the quote itself stands for itself
 * (IEEE Std 1003.1, 2.2.2). The only place where a command line for the other side is written.
 */
export function quoteArgv(argv: readonly [string, ...string[]]): string {
  const [program] = argv;
  // `exec` would read a leading dash as its own option.
  if (program === '' || program.startsWith('-')) {
    throw new PlatformError('invalid-argument', `'${program}' cannot be the name of a program to run.`);
  }
  return argv.map(quoteArgument).join(' ');
}

function quoteArgument(argument: string): string {
  if (argument.includes('\0')) {
    const message =
      'An argument of a program contains a NUL character, which no program can receive: remove it.';
    throw new PlatformError('invalid-argument', message);
  }
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
