import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { PlatformError } from '@trencadis/errors';
import {
  type Dialect,
  type RadlReading,
  detectDialect,
  isRadlJson,
  parseRadl,
  parseRadlJson,
} from '@trencadis/radl';

/** A document as it came. */
export interface Source {
  /** `<stdin>` for `-`. */
  readonly file: string;
  readonly text: string;
}

export async function readSources(files: readonly string[]): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (const file of files) sources.push(await readSource(file));
  return sources;
}

async function readSource(file: string): Promise<Source> {
  if (file === '-') return { file: '<stdin>', text: await text(process.stdin) };
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlatformError('invalid-argument', `Cannot read ${file}: ${reason}`, { subject: file, cause });
  }
}

export async function writeSource({ file, text: content }: Source): Promise<void> {
  if (file === '<stdin>') {
    throw new PlatformError('invalid-argument', 'There is no file to write: the document came from stdin.');
  }
  await writeFile(file, content);
}

export function dialectOf({ text: content }: Source, asked: Dialect | undefined): Dialect {
  return asked ?? detectDialect(content);
}

/** Text or JSON to document, unchecked. */
export function parseSource(source: Source, dialect: Dialect): RadlReading {
  return isRadlJson(source.text)
    ? parseRadlJson(source.text, { dialect })
    : parseRadl(source.text, { dialect });
}

/** `NAME=VALUE` each. */
export function readInputs(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((each) => {
      const [, name, value] = /^([^=]+)=([^]*)$/.exec(each) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw new PlatformError('invalid-argument', `--input '${each}' is not NAME=VALUE.`);
    }),
  );
}
