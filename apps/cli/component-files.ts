import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { ComponentClient, ComponentType, ComponentView } from '@trencadis/component-repository/client';
import { PlatformError } from '@trencadis/errors';

/** What is said of a file when it is added. */
export interface Statement {
  readonly fileName: string;
  readonly version: string;
  readonly description: string;
  readonly type?: ComponentType;
  readonly licence?: string;
  /** `database.sql@>=0.1.0,api.jar` */
  readonly dependencies?: string;
  /** A `.minisig` file's text. */
  readonly signature?: string;
}

export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Sends the file as it is read, with the digest that it had before. */
export async function uploadComponent(
  client: ComponentClient,
  path: string,
  { fileName, version, ...said }: Statement,
): Promise<ComponentView> {
  const query = { ...said, digest: await digestOfFile(path) };
  const bytes = createReadStream(path);
  const { component } = await client.addComponent({ params: { fileName, version }, query, bytes });
  return component;
}

/** Nothing is left at `path` unless all came and the digest is that of the component. */
export async function downloadComponent(
  client: ComponentClient,
  component: ComponentView,
  path: string,
): Promise<void> {
  const { fileName, version, digest } = component;
  const { bytes } = await client.fetchComponent({ params: { fileName, version } });
  const partial = `${path}.part`;
  try {
    const hash = createHash('sha256');
    await using file = await open(partial, 'w');
    for await (const chunk of bytes) {
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    if (hash.digest('hex') !== digest) throw otherContent(component);
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

function otherContent({ fileName, version, digest }: ComponentView): PlatformError {
  const message = `What came for ${fileName} ${version} has not the SHA-256 ${digest}; nothing was written. 'trencadis component verify ${fileName}@${version}' tells whether the repository is damaged.`;
  return new PlatformError('internal', message, { subject: fileName });
}
