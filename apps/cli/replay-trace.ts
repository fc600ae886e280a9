import { readFile } from 'node:fs/promises';
import { type ServiceSpec, decideGroup, readServices, replayTrace } from '@trencadis/availability';
import { parseInstant, later } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { readRadl } from '@trencadis/radl';
import { printEvaluation } from './print-deployed-service.ts';

export interface ReplayOptions {
  /** A document: decided as its service would. */
  readonly radl?: string;
  /** Of that document, where it has several. */
  readonly service?: string;
  /** Also what decided nothing. */
  readonly all?: boolean;
  readonly json?: boolean;
}

const epoch = parseInstant('1970-01-01T00:00:00Z');

/** Decides again on what was measured (AS-16), and answers what to print, and whether something differs. */
export async function replayFile(
  file: string,
  options: ReplayOptions,
): Promise<{ readonly text: string; readonly hasDifferences: boolean }> {
  const { radl, json = false, all = false } = options;
  const spec = radl === undefined ? undefined : await specOf(radl, options.service);
  const replayed = replayTrace(await textOf(file), decideGroup, spec === undefined ? {} : { spec });
  const compared = replayed.filter(({ isEqual }) => isEqual !== undefined);
  const different = compared.filter(({ isEqual }) => isEqual === false);
  const hasDifferences = different.length > 0;
  if (json) {
    const lines = replayed.map(({ snapshot: _snapshot, ...each }) => `${JSON.stringify(each)}\n`);
    return { text: lines.join(''), hasDifferences };
  }
  const shown = replayed.filter(
    ({ evaluation, action, isEqual }) =>
      all ||
      action !== undefined ||
      isEqual === false ||
      evaluation.desiredAfter !== evaluation.desiredBefore,
  );
  const lines = shown.map(({ line, evaluation, recorded, isEqual }) => {
    const text = printEvaluation({ ...evaluation, at: instantOf(evaluation.at) });
    return isEqual === false ? `${text}    line ${line} has another one: ${recorded?.verdict ?? ''}\n` : text;
  });
  return {
    text: `${lines.join('')}${summaryOf(replayed.length, compared.length, different.length)}`,
    hasDifferences,
  };
}

function instantOf(ms: number): string {
  return later(epoch, ms).toISOString();
}

function summaryOf(count: number, compared: number, different: number): string {
  const evaluations = `${count} evaluation${count === 1 ? '' : 's'}`;
  if (compared === 0) return `${evaluations}.\n`;
  return `${evaluations}, ${different === 0 ? 'all as recorded' : `${different} of ${compared} not as recorded`}.\n`;
}

async function specOf(file: string, id: string | undefined): Promise<ServiceSpec> {
  const { document, diagnostics } = readRadl(await textOf(file), { dialect: 'trencadis' });
  const problem = diagnostics.find(({ severity }) => severity === 'error');
  if (problem !== undefined) {
    const message = `${file}:${problem.span.line}: ${problem.message}. See trencadis radl check.`;
    throw new PlatformError('invalid-argument', message, { subject: file });
  }
  const services = readServices(document);
  const [found, ...others] = services.filter((each) => id === undefined || each.id === id);
  if (found !== undefined && others.length === 0) return found;
  const known = services.map((each) => each.id).join(', ');
  const message =
    found === undefined
      ? `${file} has no such service: it has ${known === '' ? 'none' : known}.`
      : `${file} has several services: say which with --service, ${known}.`;
  throw new PlatformError('invalid-argument', message, { subject: file });
}

async function textOf(file: string): Promise<string> {
  try {
    if (file === '-') return await readStandardInput();
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new PlatformError('not-found', `${file} cannot be read.`, { subject: file, cause });
  }
}

async function readStandardInput(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
