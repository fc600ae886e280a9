import { parseInstant } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';

export type Json = Readonly<Record<string, unknown>>;

/** One line of a trace that is not empty. */
export interface TraceLine {
  /** From 1. */
  readonly line: number;
  readonly value: Json;
}

/** JSON lines; empty ones and those that begin with `#` are left out. */
export function readTraceLines(text: string): readonly TraceLine[] {
  const lines: TraceLine[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const source = raw.trim();
    if (source !== '' && !source.startsWith('#'))
      lines.push({ line: index + 1, value: parseLine(source, index + 1) });
  }
  if (lines.length === 0)
    throw new PlatformError('invalid-argument', 'The trace is empty: give it one JSON object a line.');
  return lines;
}

function parseLine(source: string, line: number): Json {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause);
    throw wrongLine(line, `is no JSON: ${because}`, cause);
  }
  if (!isObject(value)) throw wrongLine(line, 'is no JSON object');
  return value;
}

export function wrongLine(line: number, problem: string, cause?: unknown): PlatformError {
  return new PlatformError('invalid-argument', `Line ${line} of the trace ${problem}.`, {
    subject: `line ${line}`,
    cause,
  });
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function objectAt({ line, value }: TraceLine, key: string): Json {
  const part = value[key] ?? {};
  if (!isObject(part)) throw wrongLine(line, `has a '${key}' that is no object`);
  return part;
}

/** ms since 1970, or an ISO 8601 text. */
export function instantAt({ line, value }: TraceLine, key: string): number {
  const given = value[key];
  const instant = typeof given === 'string' ? parseInstant(given).getTime() : given;
  if (isNumber(instant)) return instant;
  throw wrongLine(line, `has no instant '${key}': give milliseconds since 1970, or an ISO 8601 text`);
}

/** Absent: `otherwise`. */
export function countAt(
  { line, value }: TraceLine,
  key: string,
  { otherwise, least }: { readonly otherwise: number; readonly least: number },
): number {
  const count = value[key] ?? otherwise;
  if (isNumber(count) && Number.isInteger(count) && count >= least) return count;
  throw wrongLine(line, `has a '${key}' that is no whole number from ${least} on`);
}

export function refuseOtherKeys({ line, value }: TraceLine, keys: readonly string[]): void {
  const other = Object.keys(value).find((key) => !keys.includes(key));
  if (other !== undefined)
    throw wrongLine(line, `has a '${other}', which means nothing there: ${keys.join(', ')} do`);
}
