import { styleText } from 'node:util';
import { toPlatformError } from '@trencadis/errors';

/** Prints what went wrong for a person (or as JSON when the command was asked for it); answers the exit status. */
export function reportFailure(error: unknown): number {
  const { code, message, subject, cause } = toPlatformError(error);
  if (process.argv.includes('--json')) {
    process.stdout.write(
      `${JSON.stringify({ error: { code, message, ...(subject === undefined ? {} : { subject }) } })}\n`,
    );
    return 1;
  }
  process.stderr.write(`${styleText('red', `error (${code})`)}: ${message}\n`);
  if (code === 'internal' && cause instanceof Error)
    process.stderr.write(`${cause.stack ?? cause.message}\n`);
  return 1;
}
