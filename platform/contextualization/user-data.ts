import { createHash } from 'node:crypto';

/** What all VM managers take, and Amazon EC2 no byte more. */
export const maxUserDataBytes = 16 * 1024;

const cloudConfigHeader = '#cloud-config';
/** Any other first line with a hash is a comment of a cloud-config. */
const knownHeader = /^(#!|#cloud-|#include|#part-handler|## template:)/;

/**
 * One recipe as cloud-init reads it: its first line says what it is. A mapping without that line is a cloud-config too,
 * as in documents of the Infrastructure Manager.
 */
export function asUserData(recipe: string): string {
  const text = recipe.replace(/^(\s*\n)+/, '');
  return knownHeader.test(text) ? text : `${cloudConfigHeader}\n${text}`;
}

export function isScript(userData: string): boolean {
  return userData.startsWith('#!');
}

/** Lists of several cloud-configs are one after the other; of the same key with other values, the first counts. */
const mergeType = 'list(append)+dict(no_replace,recurse_list)+str()';

/**
 * Recipes as one text: a single one as it is, several as a multi-part MIME message
 * (https://docs.cloud-init.io/en/latest/explanation/format.html). The same recipes give the same text.
 */
export function joinUserData(recipes: readonly string[]): string {
  const parts = recipes.map(asUserData);
  const [first = ''] = parts;
  if (parts.length < 2) return first;
  const boundary = `trencadis-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
  const head = [`Content-Type: multipart/mixed; boundary="${boundary}"`, 'MIME-Version: 1.0', '', ''];
  const written = parts.map((part) => `--${boundary}\n${partOf(part)}\n`);
  return `${head.join('\n')}${written.join('')}--${boundary}--\n`;
}

function partOf(part: string): string {
  const type = isScript(part)
    ? ['Content-Type: text/x-shellscript; charset="utf-8"']
    : ['Content-Type: text/cloud-config; charset="utf-8"', `Merge-Type: ${mergeType}`];
  // Python's mail parser, which cloud-init uses, garbles what is not ASCII.
  const isAscii = /^[\0-\u007f]*$/.test(part);
  const encoding = `Content-Transfer-Encoding: ${isAscii ? '7bit' : 'base64'}`;
  const body = isAscii ? part : Buffer.from(part, 'utf8').toString('base64');
  return [...type, encoding, '', body].join('\n');
}

/** The recipes that {@link joinUserData} joined. */
export function splitUserData(text: string): readonly string[] {
  const boundary = /^Content-Type: multipart\/mixed; boundary="(trencadis-[0-9a-f]+)"\n/.exec(text)?.[1];
  if (boundary === undefined) return [asUserData(text)];
  const [, ...rest] = text.split(`--${boundary}\n`);
  return rest.map((written) => {
    const [head = ''] = written.split('\n\n', 1);
    const body = written.slice(head.length + 2).replace(new RegExp(`\\n(--${boundary}--\\n)?$`), '');
    return head.includes('base64') ? Buffer.from(body, 'base64').toString('utf8') : body;
  });
}
