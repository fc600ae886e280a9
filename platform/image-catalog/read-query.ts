import { PlatformError } from '@trencadis/errors';
import type { ImageRequirements } from './model.ts';
import { parseRadlQuery } from './radl-query.ts';
import { parseVmrcQuery } from './vmrc/vmrc-query.ts';

export type QueryDialect = 'vmrc' | 'vmrc-strict' | 'radl';

/** A query's requirements; throws `invalid-argument` with every problem and its line. */
export function readQuery(text: string, dialect: QueryDialect): ImageRequirements {
  const { requirements, problems } = dialect === 'radl' ? readRadlQuery(text) : readVmrcQuery(text, dialect);
  if (problems.length === 0) return requirements;
  throw new PlatformError('invalid-argument', `The query cannot be read: ${problems.join('; ')}.`);
}

interface Reading {
  readonly requirements: ImageRequirements;
  readonly problems: readonly string[];
}

function readRadlQuery(text: string): Reading {
  const { requirements, diagnostics } = parseRadlQuery(text);
  return {
    requirements,
    problems: diagnostics.filter(isError).map(({ span, message }) => `line ${span.line}: ${bare(message)}`),
  };
}

function readVmrcQuery(text: string, dialect: 'vmrc' | 'vmrc-strict'): Reading {
  const { requirements, diagnostics } = parseVmrcQuery(text, dialect === 'vmrc' ? {} : { compat: 'strict' });
  return {
    requirements,
    problems: diagnostics.filter(isError).map(({ line, message }) => `line ${line}: ${bare(message)}`),
  };
}

function bare(message: string): string {
  return message.replace(/\.$/, '');
}

function isError({ severity }: { readonly severity: string }): boolean {
  return severity === 'error';
}
