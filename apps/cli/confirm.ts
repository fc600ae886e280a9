import { createInterface } from 'node:readline/promises';
import { PlatformError } from '@trencadis/errors';

/** Asks once on the terminal; without one, `--yes` is needed. A no, or Ctrl-C, is an error, so that scripts notice. */
export async function confirm(question: string, { yes }: { readonly yes?: boolean }): Promise<void> {
  if (yes === true) return;
  if (!process.stdin.isTTY) {
    throw new PlatformError('invalid-argument', `${question} Nobody can be asked here: give --yes to go on.`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const end = Promise.withResolvers<string>();
  for (const name of ['SIGINT', 'close'] as const) terminal.once(name, () => end.resolve('no'));
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), end.promise]);
    if (!/^y(es)?$/i.test(answer.trim()))
      throw new PlatformError('conflict', 'Stopped: nothing was changed.');
  } finally {
    terminal.close();
  }
}
