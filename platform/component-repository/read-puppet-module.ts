import { PlatformError } from '@trencadis/errors';
import { type ReadEntry, list } from 'tar';
import { z } from 'zod';
import { describeIssues } from './describe-issues.ts';
import type { PuppetModule } from './model.ts';

const maxMetadataBytes = 262_144;

/** `metadata.json` of a Puppet module, as far as it is kept (Puppet's "Module metadata", https://puppet.com/docs). */
const metadataSchema = z.object({
  name: z
    .string()
    .regex(/^[A-Za-z0-9]+[-/][a-z][a-z0-9_]*$/, "must be 'author-module'")
    .transform((name) => name.replace('/', '-')),
  version: z.string().regex(/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/, 'must be a semantic version such as 1.2.0'),
  dependencies: z
    .array(
      z.object({
        name: z
          .string()
          .regex(/^[A-Za-z0-9]+[-/][a-z][a-z0-9_]*$/, "must be 'author/module'")
          .transform((name) => name.replace('/', '-')),
        version_requirement: z.string().trim().max(256).default(''),
      }),
    )
    .max(256)
    .default([]),
});

/**
 * What a Puppet module says of itself in `metadata.json`, at the root of its archive or one folder below as the Forge
 * packs them, and which classes and types its files define. Throws `invalid-argument` naming the archive and what is
 * wrong with it.
 */
export async function readPuppetModule(fileName: string, path: string): Promise<PuppetModule> {
  const { paths, texts } = await readArchive(fileName, path);
  const [place] = [...texts.keys()].toSorted((a, b) => a.length - b.length);
  if (place === undefined) throw invalidModule(fileName, 'it has no metadata.json');
  const root = place.slice(0, -'metadata.json'.length);
  const outside = paths.find((each) => !each.startsWith(root) && !root.startsWith(each));
  if (outside !== undefined) throw invalidModule(fileName, `'${outside}' is not beside its metadata.json`);
  const result = metadataSchema.safeParse(parseJson(fileName, texts.get(place) ?? ''));
  if (!result.success)
    throw invalidModule(fileName, `metadata.json is wrong: ${describeIssues(result.error)}`);
  const { name, version, dependencies } = result.data;
  const own = paths.filter((each) => each.startsWith(root)).map((each) => each.slice(root.length));
  return {
    name,
    version,
    dependencies: dependencies.map((each) => ({ name: each.name, range: each.version_requirement })),
    manifests: own.flatMap((each) => manifestName(name.slice(name.indexOf('-') + 1), each)).toSorted(),
    types: own.flatMap((each) => /^lib\/puppet\/type\/(\w+)\.rb$/.exec(each)?.[1] ?? []).toSorted(),
  };
}

/** Puppet finds `m::a::b` in `manifests/a/b.pp` and `m` in `manifests/init.pp`, and nowhere else. */
function manifestName(module: string, path: string): readonly string[] {
  const [, inner] = /^manifests\/((?:\w+\/)*\w+)\.pp$/.exec(path) ?? [];
  if (inner === undefined) return [];
  return [inner === 'init' ? module : `${module}::${inner.replaceAll('/', '::')}`];
}

async function readArchive(fileName: string, path: string) {
  const paths: string[] = [];
  const texts = new Map<string, string>();
  const problems: string[] = [];
  const onReadEntry = (entry: ReadEntry): void => {
    if (entry.path.startsWith('/') || entry.path.split('/').includes('..'))
      problems.push(`its entry '${entry.path}' would be unpacked outside its folder`);
    const inside = entry.path.replace(/^(\.\/+)+/, '');
    if (inside !== '') paths.push(inside);
    if (!/^(?:[^/]+\/)?metadata\.json$/.test(inside)) return;
    if (entry.size > maxMetadataBytes) problems.push(`metadata.json has more than ${maxMetadataBytes} bytes`);
    const chunks: Buffer[] = [];
    entry.on('data', (chunk: Buffer) => chunks.push(chunk));
    entry.on('end', () => texts.set(inside, Buffer.concat(chunks).toString('utf8')));
  };
  try {
    await list({ file: path, strict: true, onReadEntry });
  } catch (error) {
    throw invalidModule(fileName, problems[0] ?? 'it is not a whole tar archive', error);
  }
  if (problems[0] !== undefined) throw invalidModule(fileName, problems[0]);
  return { paths, texts };
}

function parseJson(fileName: string, source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw invalidModule(fileName, 'metadata.json is not JSON', error);
  }
}

function invalidModule(fileName: string, problem: string, cause?: unknown): PlatformError {
  const message = `${fileName} is not an archive of a Puppet module: ${problem}.`;
  return new PlatformError('invalid-argument', message, { subject: fileName, cause });
}
