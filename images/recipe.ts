import { createHash } from 'node:crypto';
import { open, readFile, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, type VmiId, brandId, idPatterns } from '@trencadis/ids';
import { z } from 'zod';

const imageId = z.string().regex(idPatterns.VmiId, 'must be a DNS label, as an image id is');
const packageName = z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'must be the name of a Debian package');

const recipeSchema = z.strictObject({
  id: imageId,
  /** A recipe whose packages, files and commands come before this one's. */
  extends: imageId.optional(),
  suite: z.literal('bookworm'),
  /** Seconds since 1970: no file in the image is newer (https://reproducible-builds.org/specs/source-date-epoch/). */
  sourceDateEpoch: z.int().positive(),
  packages: z.array(packageName),
  /** Copies the Node binary that the platform itself runs on to /usr/local/bin/node. */
  node: z.boolean().default(false),
  /** Commands, each an argv, run inside the image without a network after the packages are configured. */
  customize: z.array(z.array(z.string().min(1)).min(1)).default([]),
});

export interface RecipeFile {
  /** Inside the image, from its root, without a leading slash. */
  readonly path: string;
  readonly source: string;
  readonly isExecutable: boolean;
  readonly digest: Sha256;
}

/** A recipe with what it extends merged in. Its files are in the image before the packages are installed. */
export interface Recipe {
  readonly id: VmiId;
  readonly suite: 'bookworm';
  readonly sourceDateEpoch: number;
  readonly packages: readonly string[];
  readonly files: readonly RecipeFile[];
  readonly node: boolean;
  readonly customize: readonly (readonly string[])[];
}

/** Reads `<folder>/<id>/recipe.json`, the files beside it and the recipe it extends. */
export async function loadRecipe(id: string, folder = import.meta.dirname): Promise<Recipe> {
  return await loadHeir(id, folder, []);
}

/** The ids of all recipes in the folder, sorted. */
export async function listRecipes(folder = import.meta.dirname): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .map((path) => /^([^/]+)\/recipe\.json$/.exec(path)?.[1])
    .filter((id) => id !== undefined)
    .toSorted();
}

async function loadHeir(id: string, folder: string, heirs: readonly string[]): Promise<Recipe> {
  if (heirs.includes(id)) {
    const circle = [...heirs, id].join(' extends ');
    throw new PlatformError('invalid-argument', `Image recipes extend each other in a circle: ${circle}.`);
  }
  const own = parseRecipe(await readRecipe(id, folder), id);
  const files = await listFiles(join(folder, id, 'files'));
  const { extends: parentId, ...rest } = own;
  const recipe = { ...rest, id: brandId('VmiId', own.id), files };
  return parentId === undefined
    ? recipe
    : mergeRecipes(await loadHeir(parentId, folder, [...heirs, id]), recipe);
}

async function readRecipe(id: string, folder: string): Promise<string> {
  const known = await listRecipes(folder);
  if (!known.includes(id)) {
    throw new PlatformError('not-found', `No image recipe '${id}': there are ${known.join(', ')}.`, {
      subject: id,
    });
  }
  return await readFile(join(folder, id, 'recipe.json'), 'utf8');
}

/** A recipe from its JSON text; `id` is the folder it lies in. Throws `invalid-argument` naming file and field. */
function parseRecipe(text: string, id: string): z.infer<typeof recipeSchema> {
  const place = `images/${id}/recipe.json`;
  const parsed = recipeSchema.safeParse(parseJson(text, place));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || 'recipe'}: ${issue.message}`,
    );
    throw new PlatformError('invalid-argument', `${place}: ${problems.join('; ')}.`, { subject: place });
  }
  if (parsed.data.id !== id) {
    const message = `${place}: id: is '${parsed.data.id}', but the folder is '${id}'; make them the same.`;
    throw new PlatformError('invalid-argument', message, { subject: place });
  }
  return parsed.data;
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlatformError('invalid-argument', `${place}: is not JSON: ${reason}.`, {
      subject: place,
      cause: error,
    });
  }
}

/** The child with the parent's packages, files and commands before its own. */
export function mergeRecipes(parent: Recipe, child: Recipe): Recipe {
  const files = new Map([...parent.files, ...child.files].map((file) => [file.path, file]));
  return {
    ...child,
    packages: [...new Set([...parent.packages, ...child.packages])],
    files: [...files.values()],
    node: parent.node || child.node,
    customize: [...parent.customize, ...child.customize],
  };
}

async function listFiles(folder: string): Promise<readonly RecipeFile[]> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return await Promise.all(sources.toSorted().map((source) => describeFile(folder, source)));
}

async function describeFile(folder: string, source: string): Promise<RecipeFile> {
  const { mode } = await stat(source);
  return {
    path: relative(folder, source),
    source,
    isExecutable: (mode & 0o100) !== 0,
    digest: await sha256OfFile(source),
  };
}

export async function sha256OfFile(path: string): Promise<Sha256> {
  const hash = createHash('sha256');
  await using file = await open(path);
  // One buffer for all: a Node binary is more than 100 MB.
  const buffer = Buffer.allocUnsafe(2 ** 18);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
  }
  return brandId('Sha256', hash.digest('hex'));
}
