import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { newUuid } from '@trencadis/ids';
import type { Dialect } from '@trencadis/radl';
import type { InfrastructureClient, PlanningView } from '@trencadis/infrastructure/client';
import { leaseOf } from './parse-lease.ts';

export interface DocumentOptions {
  readonly name?: string;
  readonly dialect?: Dialect;
  readonly parameter?: readonly string[];
  /** See parse-lease.ts. */
  readonly expires?: string;
}

export type Planned = Extract<PlanningView, { kind: 'planned' }>;

/** Plans a file with the options of the command line. */
export async function planFile(
  client: InfrastructureClient,
  file: string,
  options: DocumentOptions,
): Promise<Planned> {
  const { name = nameOfFile(file), dialect, parameter = [], expires } = options;
  const parameters = await readParameters(parameter);
  const request = { name, parameters, ...(dialect ? { dialect } : {}), ...leaseOf(expires) };
  return planDocument(client, file, request);
}

export interface DocumentRequest {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Default: what the file says. */
  readonly dialect?: Dialect;
  /** When the infrastructure is destroyed by itself; `null`: never. */
  readonly expiresAt?: string | null;
}

/** Sends a file to be planned. Its problems are printed like a compiler's and end in `invalid-argument`. */
export async function planDocument(
  client: InfrastructureClient,
  file: string,
  request: DocumentRequest,
): Promise<Planned> {
  return planText(client, { radl: await readText(file), place: file }, request);
}

/** As {@link planDocument}, for a text that does not stand in a file; `place` says where it comes from. */
export async function planText(
  client: InfrastructureClient,
  { radl, place }: { readonly radl: string; readonly place: string },
  request: DocumentRequest,
): Promise<Planned> {
  // Here, as reading in the language takes a fifth of a second, which other commands need not wait.
  const { detectDialect, formatDiagnostic } = await import('@trencadis/radl');
  const { name, parameters, dialect = detectDialect(radl), expiresAt } = request;
  const document = { radl, dialect, parameters: { ...parameters } };
  const lease = expiresAt === undefined ? {} : { expiresAt };
  const planning = await client.plan({ body: { name, document, ...lease } }, { idempotencyKey: newUuid() });
  for (const diagnostic of planning.diagnostics)
    process.stderr.write(`${formatDiagnostic(diagnostic, radl, place)}\n\n`);
  if (planning.kind === 'planned') return planning;
  const count = planning.diagnostics.filter((each) => each.severity === 'error').length;
  const message = `${place} cannot be deployed: ${count} problem${count === 1 ? '' : 's'}.`;
  throw new PlatformError('invalid-argument', message, { subject: place });
}

/** A file that the user named. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlatformError('invalid-argument', `Cannot read ${file}: ${reason}`, { subject: file, cause });
  }
}

/** `key-server.radl` -> `key-server`. */
function nameOfFile(file: string): string {
  return basename(file, extname(file))
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-');
}

/** `NAME=VALUE`, or `NAME=@FILE` for a JSON file. */
export async function readParameters(given: readonly string[]): Promise<Record<string, unknown>> {
  const entries = given.map(async (text) => {
    const [, name, value] = /^([^=]+)=([^]*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new PlatformError('invalid-argument', `'${text}' is not NAME=VALUE or NAME=@FILE.`);
    }
    return [
      name,
      value.startsWith('@') ? parseJson(await readText(value.slice(1)), value.slice(1)) : value,
    ] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlatformError('invalid-argument', `${file} is not JSON: ${reason}`, { subject: file, cause });
  }
}
