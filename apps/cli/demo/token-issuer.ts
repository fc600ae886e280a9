import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TokenIssuer, createTokenIssuer } from '@trencadis/access/issuer';
import { systemClock } from '@trencadis/clock';

/** The token issuer of this host's demo; its key stays in a file that only its owner can read. */
export async function openTokenIssuer(home: string): Promise<TokenIssuer> {
  const path = join(home, 'demo-issuer.jwk');
  const settings = { issuer: 'https://vo.demo.invalid', audience: 'key-server', clock: systemClock };
  const privateJwk = await readKey(path);
  if (privateJwk !== undefined) return createTokenIssuer({ ...settings, privateJwk });
  const issuer = await createTokenIssuer(settings);
  await writeFile(path, JSON.stringify(issuer.privateJwk), { mode: 0o600 });
  return issuer;
}

async function readKey(path: string): Promise<TokenIssuer['privateJwk'] | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as TokenIssuer['privateJwk'];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
