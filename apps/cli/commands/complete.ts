import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { PlatformError } from '@trencadis/errors';
import { filesFor, namesAt } from '../complete-names.ts';
import { type Suggestion, type Wanted, wantedWord } from '../complete-words.ts';
import { findPlatform } from '../connect.ts';

const shells = ['bash', 'zsh', 'fish'];
/** Longer than that, and the user has typed the name. */
const timeoutMs = 1_000;

export function addCompleteCommand(program: Command): void {
  program
    .command('complete')
    .description('what a shell needs to complete commands, options and names')
    .argument('<shell>', `${shells.join(', ')}; in bash: source <(trencadis complete bash)`)
    .argument('[words...]', 'after --: what the shell asks for')
    .action(async (shell: string, words: readonly string[]) => {
      // What stands after `--` begins with the word that else is the shell.
      if (process.argv.includes('--')) await suggest(program, [shell, ...words]);
      else process.stdout.write(await readScript(shell));
    });
}

async function readScript(shell: string): Promise<string> {
  if (shells.includes(shell))
    return readFile(new URL(`../completions/trencadis.${shell}`, import.meta.url), 'utf8');
  throw new PlatformError(
    'invalid-argument',
    `There is no completion for ${shell}, only for ${shells.join(', ')}.`,
  );
}

async function suggest(program: Command, words: readonly string[]): Promise<void> {
  const current = words.at(-1) ?? '';
  const found = await suggestionsFor(wantedWord(program, words), current);
  const lines = found
    .filter(({ word }) => word.startsWith(current))
    .map(({ word, description }) => `${word}\t${description.split('\n')[0]}\n`);
  process.stdout.write(lines.join(''));
}

const fileKinds = /(file|entry|folder|path|document)$/i;

async function suggestionsFor(wanted: Wanted, current: string): Promise<readonly Suggestion[]> {
  if (wanted.kind === 'words') return wanted.words;
  if (fileKinds.test(wanted.of)) return filesFor(current);
  try {
    await using platform = await findPlatform(timeoutMs);
    return platform === undefined ? [] : await namesAt(platform, wanted.of, wanted.given);
  } catch {
    // Whoever completes a word wants no error in the middle of it.
    return [];
  }
}
