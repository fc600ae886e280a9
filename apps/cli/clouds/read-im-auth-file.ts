import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { cloudOfLine, imClouds, isOfCloud, namedLines, parseAuthLines } from '@trencadis/vmm-sites/im-lines';
import type { CloudOrder } from './cloud-order.ts';
import { readTextFile } from './resolve-secrets.ts';

export interface ImAuthFile {
  readonly orders: readonly CloudOrder[];
  /** Lines for which there is no driver, and why. */
  readonly left: readonly string[];
}

/** The clouds of an auth file of the Infrastructure Manager; `file(PATH)` is read, `command(...)` is not run. */
export async function readImAuthFile(path: string): Promise<ImAuthFile> {
  const text = await readFile(path, 'utf8');
  const lines = parseAuthLines(text, (name) => readTextFile(resolve(dirname(path), name)));
  const orders: CloudOrder[] = [];
  const left: string[] = [];
  for (const { name, line } of namedLines(lines.filter(isOfCloud))) {
    const cloud = cloudOfLine(imClouds, line);
    if ('because' in cloud) left.push(`${name} (${line.type}): ${cloud.because}`);
    else orders.push({ name, body: bodyOf(cloud) });
  }
  return { orders, left };
}

function bodyOf({
  product,
  endpoint,
  credentials,
}: Exclude<ReturnType<typeof cloudOfLine>, { because: string }>) {
  return { product, credentials, ...(endpoint === undefined ? {} : { endpoint }) };
}
