import { PlatformError } from '@trencadis/errors';
import { sectionMark } from './host-script.ts';
import { type HostRecord, emptyRecord, versionOf } from './record.ts';
import { type ServerRow, readServerRows } from './read-stat.ts';

/** What one host says of itself. */
export interface HostView {
  readonly record: HostRecord;
  /** Of the record, and of the configuration beside it. */
  readonly version: string;
  readonly configVersion: string;
  /** The shape that HAProxy runs with; absent: it does not run. */
  readonly shape?: string;
  /** By file, as HAProxy has them loaded. */
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly servers: readonly ServerRow[];
  /** The first line of keepalived's configuration, if it runs. */
  readonly keepalived?: string;
  readonly addresses: readonly HostAddress[];
  /** Of a commit: another version was there, and nothing was done. */
  readonly isRefused: boolean;
  /** Of a commit: what HAProxy's socket said to the commands. */
  readonly answers: string;
}

export interface HostAddress {
  /** `eth0`. */
  readonly link: string;
  readonly address: string;
}

/** Reads what the script of `host-script.ts` says; `known` is the record that it was told not to repeat. */
export function readHostView(text: string, known: HostRecord): HostView {
  const sections = splitSections(text);
  const part = (name: string): string => sections.get(name) ?? '';
  const [version = '', ...rest] = part('record').split('\n');
  const [, shape] = /^description: trencadis-(\S+)$/m.exec(part('runtime')) ?? [];
  const [keepalivedLine = '', keepalivedState] = part('keepalived').split('\n');
  return {
    record: version !== '' && version === versionOf(known) ? known : parseRecord(rest.join('\n')),
    version,
    configVersion: part('config').trim().replace(/^# /, ''),
    ...(shape === undefined ? {} : { shape }),
    fingerprints: readFingerprints(part('runtime')),
    servers: readServerRows(part('runtime')),
    ...(keepalivedState === 'running' ? { keepalived: keepalivedLine } : {}),
    addresses: readAddresses(part('addresses')),
    isRefused: sections.has('refused'),
    answers: part('answers'),
  };
}

function splitSections(text: string): Map<string, string> {
  const parts = text.split(new RegExp(`^${sectionMark}`, 'm')).slice(1);
  const sections = new Map(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1)] as const;
    }),
  );
  if (!sections.has('end'))
    throw new PlatformError('unavailable', 'A host of the balancer broke off its answer.');
  return sections;
}

function parseRecord(text: string): HostRecord {
  if (text.trim() === '') return emptyRecord;
  try {
    return JSON.parse(text) as HostRecord;
  } catch (cause) {
    throw new PlatformError(
      'internal',
      "The balancer's record at its host is broken: remove it, and apply again.",
      {
        cause,
      },
    );
  }
}

function readFingerprints(runtime: string): Record<string, string> {
  const found = runtime.matchAll(/^Filename: (\S+)\n(?:[^\n]+\n)*?SHA1 FingerPrint: ([0-9A-F]+)$/gm);
  return Object.fromEntries([...found].map(([, file = '', fingerprint = '']) => [file, fingerprint]));
}

/** Lines of `ip -o -4 address show`. */
function readAddresses(text: string): readonly HostAddress[] {
  return [...text.matchAll(/^\d+:\s+(\S+)\s+inet\s+([\d.]+)/gm)].map(([, link = '', address = '']) => ({
    link,
    address,
  }));
}
