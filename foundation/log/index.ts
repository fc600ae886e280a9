export { type CreateLogOptions, type Log, type LogFields, type LogLevel, createLog } from './create-log.ts';
export { redact } from './redact.ts';
