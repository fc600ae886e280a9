import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { wantedWord } from './complete-words.ts';

function program(): Command {
  const top = new Command('trencadis').option('--server <url>', 'a platform elsewhere');
  top
    .command('deploy')
    .argument('[file]')
    .option('--dialect <name>', 'of it')
    .option('--yes', 'without asking');
  top.command('rm').description('remove VMs').argument('<name>').argument('<vm...>').option('--plan <id>');
  const cloud = top.command('cloud').description('VM managers');
  cloud.command('rm').argument('<name>');
  return top;
}

const wordsFor = (...words: readonly string[]) => {
  const wanted = wantedWord(program(), words);
  return wanted.kind === 'words' ? wanted.words.map(({ word }) => word) : wanted;
};

describe('wantedWord', () => {
  it('is a command, with what it does', () => {
    expect(wordsFor('')).toEqual(['deploy', 'rm', 'cloud']);
    expect(wantedWord(program(), ['r'])).toMatchObject({
      words: [{}, { word: 'rm', description: 'remove VMs' }, {}],
    });
    expect(wordsFor('cloud', '')).toEqual(['rm']);
  });

  it('is an option, of the command or of all', () => {
    expect(wordsFor('deploy', '--')).toEqual(['--dialect', '--yes', '--server', '--help']);
    expect(wordsFor('deploy', 'x.radl', '-')).toContain('--yes');
    expect(wordsFor('-')).toEqual(['--server', '--help']);
  });

  it('is the value of the option before it', () => {
    expect(wordsFor('deploy', '--dialect', '')).toEqual({ kind: 'name', of: 'dialect', given: [] });
    expect(wordsFor('rm', 'keys', '--plan', '=', 'plan-')).toMatchObject({ kind: 'name' });
    expect(wordsFor('--server', 'https://x', 'rm', '')).toEqual({ kind: 'name', of: 'name', given: [] });
  });

  it('is an argument; the last one of many is wanted again', () => {
    expect(wordsFor('deploy', '--yes', '')).toEqual({ kind: 'name', of: 'file', given: [] });
    expect(wordsFor('rm', 'keys', 'a', '--plan', 'p', '')).toEqual({
      kind: 'name',
      of: 'vm',
      given: ['keys', 'a'],
    });
    expect(wordsFor('deploy', 'x', '')).toEqual([]);
  });

  it('tells what a group of commands is about', () => {
    expect(wordsFor('cloud', 'rm', '')).toEqual({ kind: 'name', of: 'cloud name', given: [] });
  });

  it('is no option after --', () => {
    expect(wordsFor('rm', 'keys', '--', '-')).toMatchObject({ kind: 'name', of: 'vm' });
  });
});
