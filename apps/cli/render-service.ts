import { PlatformError } from '@trencadis/errors';
import type {
  ParameterValue,
  RenderingView,
  ServiceClient,
  ServiceProblem,
} from '@trencadis/service-repository/client';
import { readParameters } from './read-document.ts';

export interface ServiceReference {
  readonly name: string;
  readonly version?: string;
}

/** `key-server`, or `key-server@0.1.0`. */
export function parseServiceReference(text: string): ServiceReference {
  const [name = '', version] = text.split('@', 2);
  return { name, ...(version === undefined ? {} : { version }) };
}

/**
 * The RADL document of a service for values given as `NAME=VALUE` or `NAME=@FILE`. Their problems are printed, and
 * end in `invalid-argument`.
 */
export async function renderService(
  client: ServiceClient,
  reference: string,
  set: readonly string[],
): Promise<Extract<RenderingView, { kind: 'rendered' }>> {
  const values = (await readParameters(set)) as Record<string, ParameterValue>;
  const { name, ...version } = parseServiceReference(reference);
  const rendering = await client.renderService({ params: { name }, body: { values, ...version } });
  if (rendering.kind === 'rendered') return rendering;
  throw refuse(`Service ${name} cannot be rendered`, rendering.problems);
}

/** Prints the problems one a line; the error says how many there are. */
export function refuse(what: string, problems: readonly ServiceProblem[]): PlatformError {
  for (const { place, message } of problems) process.stderr.write(`${place}: ${message}\n`);
  const count = `${problems.length} problem${problems.length === 1 ? '' : 's'}`;
  return new PlatformError('invalid-argument', `${what}: ${count}.`);
}
