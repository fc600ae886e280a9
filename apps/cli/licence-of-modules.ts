import { readFile } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';

/** The SPDX expression for a program of those files: the licences of all packages in it, and its own. */
export async function licenceOfModules(paths: readonly string[], ownLicence: string): Promise<string> {
  const packages = new Set(
    paths.flatMap((path) => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/@]+)\//.exec(path)?.[1] ?? []),
  );
  const licences = await Promise.all([...packages].map(licenceOfPackage));
  return [...new Set([ownLicence, ...licences])].toSorted().map(groupChoice).join(' AND ');
}

async function licenceOfPackage(folder: string): Promise<string> {
  const { license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8')) as { license?: unknown };
  if (typeof license === 'string') return license;
  const message = `The package ${folder} names no licence: a component must not hold what nobody may give away.`;
  throw new PlatformError('invalid-argument', message, { subject: folder });
}

function groupChoice(licence: string): string {
  return licence.includes(' OR ') && !licence.startsWith('(') ? `(${licence})` : licence;
}
