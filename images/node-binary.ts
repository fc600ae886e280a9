import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { z } from 'zod';

const manifestSchema = z.object({ version: z.string(), bin: z.object({ node: z.string() }) });

export interface NodeBinary {
  readonly version: string;
  readonly path: string;
}

/** The Node binary of the platform's own dependencies, so that machines run the version that the tests ran on. */
export async function findNodeBinary(): Promise<NodeBinary> {
  const packageName = `node-linux-${process.arch}`;
  const manifestPath = resolveManifest(packageName);
  const manifest = manifestSchema.parse(JSON.parse(await readFile(manifestPath, 'utf8')));
  return { version: manifest.version, path: join(dirname(manifestPath), manifest.bin.node) };
}

function resolveManifest(packageName: string): string {
  try {
    return createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  } catch (error) {
    const message = `The npm package ${packageName} is not installed: run 'npm ci' with optional dependencies.`;
    throw new PlatformError('unavailable', message, { subject: packageName, cause: error });
  }
}
