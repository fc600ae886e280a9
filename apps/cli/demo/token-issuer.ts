import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JWK, SignJWT, exportJWK, generateKeyPair, importJWK } from 'jose';

/** Stands for the virtual organization's token service, which is a service of its own later: a key and an issuer name. */
export interface TokenIssuer {
  /** The `token-issuers` parameter of the Key Server: who is trusted, with public keys only. */
  readonly trusted: readonly {
    readonly issuer: string;
    readonly audience: string;
    readonly jwks: { readonly keys: readonly JWK[] };
  }[];
  /** A token (JWT, ES256) with these capability scopes, valid for ten minutes. */
  issue(scope: string): Promise<string>;
}

const issuer = 'https://vo.demo.invalid';
const audience = 'key-server';

/** The issuer of this host's demo; its private key stays in a file that only its owner can read. */
export async function openTokenIssuer(home: string): Promise<TokenIssuer> {
  const privateJwk = await readOrCreateKey(join(home, 'demo-issuer.jwk'));
  const key = await importJWK(privateJwk, 'ES256');
  const { d: _private, ...publicJwk } = privateJwk;
  return {
    trusted: [{ issuer, audience, jwks: { keys: [publicJwk] } }],
    issue: (scope) =>
      new SignJWT({ scope, 'wlcg.ver': '1.0' })
        .setProtectedHeader({ alg: 'ES256', kid: privateJwk.kid ?? 'demo' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject('radiologist@demo.invalid')
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(key),
  };
}

async function readOrCreateKey(path: string): Promise<JWK> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as JWK;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'demo', alg: 'ES256', use: 'sig' };
  await writeFile(path, JSON.stringify(jwk), { mode: 0o600 });
  return jwk;
}
