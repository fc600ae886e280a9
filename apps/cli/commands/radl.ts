import { type Command, Option } from 'commander';
import { PlatformError } from '@trencadis/errors';
import type { Dialect } from '@trencadis/radl';
import { checkSources, countsOf, jsonOfChecks, printChecks } from '../radl/check-sources.ts';
import { type Format, type Rewriting, type Rewritten, rewriteSource } from '../radl/rewrite-source.ts';
import { type Source, readInputs, readSources, writeSource } from '../radl/source.ts';

interface Options {
  readonly dialect?: Dialect;
  readonly input?: readonly string[];
}

interface ConvertOptions extends Options {
  readonly to?: Format;
  readonly toDialect?: Dialect;
  readonly write?: boolean;
}

const dialects = ['im', 'paper', 'trencadis'];

/** Reads, checks and rewrites RADL documents; needs no platform. */
export function addRadlCommands(program: Command): void {
  const radl = program.command('radl').description('RADL documents: check, print, convert');
  addCheckCommand(radl);
  addPrintCommand(radl);
  addConvertCommand(radl);
}

function addCheckCommand(radl: Command): void {
  withSources(radl.command('check'))
    .description('show every problem of documents; exit status 1 if one is an error')
    .addOption(inputOption())
    .option('--json', 'for machines')
    .action(async (files: readonly string[], options: Options & { readonly json?: boolean }) => {
      const checked = checkSources(await readSources(files), { ...options, ...inputsOf(options) });
      process.stdout.write(options.json === true ? jsonOfChecks(checked) : printChecks(checked));
      if (countsOf(checked).errors > 0) process.exitCode = 1;
    });
}

function addPrintCommand(radl: Command): void {
  withSources(radl.command('print'))
    .description('print documents in canonical form')
    .option('--write', 'write it back to the files')
    .option('--drop-comments', 'write files back although comments inside sections get lost')
    .action(
      async (
        files: readonly string[],
        options: Options & { readonly write?: boolean; readonly dropComments?: boolean },
      ) => {
        for (const source of await readSources(files)) {
          const rewritten = rewrite(source, options);
          if (rewritten.text === undefined) continue;
          if (options.write !== true) process.stdout.write(rewritten.text);
          else {
            if (rewritten.lostComments > 0 && options.dropComments !== true) refuseToDrop(source, rewritten);
            if (rewritten.text !== source.text) await writeSource({ ...source, text: rewritten.text });
          }
        }
      },
    );
}

function addConvertCommand(radl: Command): void {
  withSources(radl.command('convert'))
    .description('print documents in another format or dialect')
    .addOption(new Option('--to <format>', 'default: as the document is').choices(['json', 'radl']))
    .addOption(new Option('--to-dialect <dialect>', 'default: as the document is').choices(dialects))
    .addOption(inputOption())
    .option('--write', 'write each beside its file, as .json or .radl, instead of printing it')
    .action(async (files: readonly string[], options: ConvertOptions) => {
      for (const source of await readSources(files)) {
        const rewritten = rewrite(source, { ...options, ...inputsOf(options) });
        if (rewritten.text === undefined) continue;
        if (options.write !== true) process.stdout.write(rewritten.text);
        else await writeSource({ file: besides(source, rewritten.format), text: rewritten.text });
      }
    });
}

function withSources(command: Command): Command {
  return command
    .argument('<file...>', 'RADL or JSON RADL; - is standard input')
    .addOption(
      new Option(
        '--dialect <dialect>',
        'default: a document’s own "# dialect:" line, else trencadis',
      ).choices(dialects),
    );
}

function inputOption(): Option {
  return new Option('--input <name=value>', 'value for @input.NAME@; may be repeated').argParser(
    (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
  );
}

function inputsOf({ input }: Options): Pick<Rewriting, 'inputs'> {
  return input === undefined ? {} : { inputs: readInputs(input) };
}

/** What stands in the way goes to stderr, and the exit status tells. */
function rewrite(source: Source, options: Rewriting): Rewritten {
  const rewritten = rewriteSource(source, options);
  for (const problem of rewritten.problems) process.stderr.write(`${problem}\n\n`);
  if (rewritten.text === undefined) process.exitCode = 1;
  return rewritten;
}

function refuseToDrop({ file }: Source, { lostComments }: Rewritten): never {
  const comments = `${lostComments} comment${lostComments === 1 ? '' : 's'}`;
  const message = `${file} would lose ${comments} below its first section. Write it with --drop-comments.`;
  throw new PlatformError('conflict', message, { subject: file });
}

function besides({ file }: Source, format: Format): string {
  return file === '<stdin>' ? file : `${file.replace(/\.(?:radl|json)$/, '')}.${format}`;
}
