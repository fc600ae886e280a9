import { type Command, Option } from 'commander';
import type { CheckOptions, ConvertOptions, PrintOptions } from '../radl/act-on-documents.ts';

const dialects = ['im', 'paper', 'trencadis'];

/** The language is read in only where it is used: it takes a fifth of a second. */
const language = () => import('../radl/act-on-documents.ts');

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
    .action(async (files: readonly string[], options: CheckOptions) => {
      await (await language()).checkDocuments(files, options);
    });
}

function addPrintCommand(radl: Command): void {
  withSources(radl.command('print'))
    .description('print documents in canonical form')
    .option('--write', 'write it back to the files')
    .option('--drop-comments', 'write files back although comments inside sections get lost')
    .action(async (files: readonly string[], options: PrintOptions) => {
      await (await language()).printDocuments(files, options);
    });
}

function addConvertCommand(radl: Command): void {
  withSources(radl.command('convert'))
    .description('print documents in another format or dialect')
    .addOption(new Option('--to <format>', 'default: as the document is').choices(['json', 'radl']))
    .addOption(new Option('--to-dialect <dialect>', 'default: as the document is').choices(dialects))
    .addOption(inputOption())
    .option('--write', 'write each beside its file, as .json or .radl, instead of printing it')
    .action(async (files: readonly string[], options: ConvertOptions) => {
      await (await language()).convertDocuments(files, options);
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
