import type { z } from 'zod';

/** All that is wrong with a document, each with its place: `secrets[0].byteCount: ...; port: ...`. */
export function describeIssues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${formatPath(path)}: ${message}`).join('; ');
}

function formatPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '') || 'the whole document';
}
