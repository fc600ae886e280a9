import { type DestinationStream, pino } from 'pino';
import { redact } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** What an entry is about. `error` may hold any thrown value; secret-looking keys are not written. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One JSON object a line, `message` in plain words, everything variable in `fields`. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A log whose every entry carries these fields too. */
  child(fields: LogFields): Log;
}

export interface CreateLogOptions {
  readonly name: string;
  readonly level?: LogLevel;
  /** Standard output unless told. */
  readonly destination?: DestinationStream;
}

export function createLog({ name, level = 'info', destination }: CreateLogOptions): Log {
  const options = { name, level, messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime };
  return wrap(destination === undefined ? pino(options) : pino(options, destination));
}

type Write = (fields: object, message: string) => void;

interface Sink {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  isLevelEnabled(level: string): boolean;
  child(fields: object): Sink;
}

function wrap(sink: Sink): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error'): Log['info'] =>
    (fields, message) => {
      if (sink.isLevelEnabled(level)) sink[level](redactedFields(fields), String(redact(message)));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(sink.child(redactedFields(fields))),
  };
}

function redactedFields(fields: LogFields): object {
  return redact(fields) as object;
}
