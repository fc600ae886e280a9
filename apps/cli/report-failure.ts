import { styleText } from 'node:util';
import { type PlatformError, toPlatformError } from '@trencadis/errors';
import { CommanderError } from 'commander';
import { exitCodeOf, exitCodes } from './exit-codes.ts';

/** Prints what went wrong for a person (or as JSON when the command was asked for it); answers the exit code. */
export function reportFailure(thrown: unknown): number {
  // Commander has printed it, and throws for `--help` too.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  const error = toPlatformError(thrown);
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: failureJson(error) })}\n`);
  else
    process.stderr.write(
      describeFailure(error, styleText('red', `error (${error.code})`, { stream: process.stderr })),
    );
  return exitCodeOf(error);
}

interface WrongField {
  readonly field: string;
  readonly message: string;
}

/** The message names the place and the remedy; beside it stand the fields that the server found wrong. */
export function describeFailure(error: PlatformError, label: string): string {
  const { code, message, cause, details } = error;
  const isOurs = code === 'internal' && cause instanceof Error;
  const requestId = code === 'internal' ? details['requestId'] : undefined;
  return [
    `${label}: ${message}`,
    ...wrongFields(error).map(({ field, message: what }) => `  ${field}: ${what}`),
    ...(typeof requestId === 'string' && !message.includes(requestId) ? [`  request ${requestId}`] : []),
    ...(isOurs ? [cause.stack ?? cause.message] : []),
    '',
  ].join('\n');
}

function failureJson(error: PlatformError) {
  const { code, message, subject } = error;
  const errors = wrongFields(error);
  return {
    code,
    message,
    ...(subject === undefined ? {} : { subject }),
    ...(errors.length > 0 ? { errors } : {}),
  };
}

function wrongFields({ details }: PlatformError): readonly WrongField[] {
  const { errors } = details;
  return Array.isArray(errors) ? errors.filter(isWrongField) : [];
}

function isWrongField(value: unknown): value is WrongField {
  return typeof value === 'object' && value !== null && 'field' in value && 'message' in value;
}
