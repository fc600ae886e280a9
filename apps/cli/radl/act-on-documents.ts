import { PlatformError } from '@trencadis/errors';
import type { Dialect } from '@trencadis/radl';
import { checkSources, countsOf, jsonOfChecks, printChecks } from './check-sources.ts';
import { type Format, type Rewriting, type Rewritten, rewriteSource } from './rewrite-source.ts';
import { type Source, readInputs, readSources, writeSource } from './source.ts';

interface Options {
  readonly dialect?: Dialect;
  readonly input?: readonly string[];
}

export interface CheckOptions extends Options {
  readonly json?: boolean;
}

export interface PrintOptions extends Options {
  readonly write?: boolean;
  readonly dropComments?: boolean;
}

export interface ConvertOptions extends Options {
  readonly to?: Format;
  readonly toDialect?: Dialect;
  readonly write?: boolean;
}

/** Prints every problem; an error among them is told by the exit code. */
export async function checkDocuments(files: readonly string[], options: CheckOptions): Promise<void> {
  const checked = checkSources(await readSources(files), { ...options, ...inputsOf(options) });
  process.stdout.write(options.json === true ? jsonOfChecks(checked) : printChecks(checked));
  if (countsOf(checked).errors > 0) process.exitCode = 1;
}

/** In canonical form. */
export async function printDocuments(files: readonly string[], options: PrintOptions): Promise<void> {
  for (const source of await readSources(files)) {
    const rewritten = rewrite(source, options);
    if (rewritten.text === undefined) continue;
    if (options.write !== true) process.stdout.write(rewritten.text);
    else {
      if (rewritten.lostComments > 0 && options.dropComments !== true) refuseToDrop(source, rewritten);
      if (rewritten.text !== source.text) await writeSource({ ...source, text: rewritten.text });
    }
  }
}

/** In another format or dialect. */
export async function convertDocuments(files: readonly string[], options: ConvertOptions): Promise<void> {
  for (const source of await readSources(files)) {
    const rewritten = rewrite(source, { ...options, ...inputsOf(options) });
    if (rewritten.text === undefined) continue;
    if (options.write !== true) process.stdout.write(rewritten.text);
    else await writeSource({ file: besides(source, rewritten.format), text: rewritten.text });
  }
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
