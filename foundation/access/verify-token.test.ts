import { systemClock } from '@trencadis/clock';
import { SignJWT, base64url, exportJWK, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type VerifyToken, createTokenVerifier, trustedIssuerSchema } from './index.ts';
import { type TokenIssuer, createTokenIssuer } from './issuer.ts';

const clock = systemClock;
const audience = 'https://keys.peset.example';
const request = { subject: 'ada', scopes: ['key.read:/ontologies/5'], groups: ['/trencadis/radiology'] };
let vo: TokenIssuer;
let otherVo: TokenIssuer;
let verify: VerifyToken;

beforeAll(async () => {
  vo = await createTokenIssuer({ issuer: 'https://vo.example', audience, clock });
  otherVo = await createTokenIssuer({ issuer: 'https://other.example', audience: 'other', clock });
  verify = createTokenVerifier({ issuers: [vo.trusted, otherVo.trusted], clock });
});

/** Payload and header of a token rewritten, the signature kept. */
function forge(token: string, change: { header?: object; payload?: object }): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const rewrite = (part: string, more: object = {}) =>
    base64url.encode(
      JSON.stringify({ ...JSON.parse(new TextDecoder().decode(base64url.decode(part))), ...more }),
    );
  return [rewrite(header, change.header), rewrite(payload, change.payload), signature].join('.');
}

describe('a token', () => {
  it('proves its subject, groups and scopes', async () => {
    expect(await verify(await vo.issueToken(request))).toEqual({
      subject: 'ada',
      issuer: 'https://vo.example',
      groups: ['/trencadis/radiology'],
      scopes: [{ operation: 'key.read', path: ['ontologies', '5'] }],
    });
  });

  it('may come from an issuer that was started again with its key', async () => {
    const settings = { issuer: 'https://vo.example', audience, clock };
    const again = await createTokenIssuer({ ...settings, privateJwk: vo.privateJwk });
    expect(again.trusted).toEqual(vo.trusted);
    expect(await verify(await again.issueToken(request))).toMatchObject({ subject: 'ada' });
    expect(JSON.stringify(vo.trusted)).not.toContain('"d"');
  });

  it('may be signed with Ed25519', async () => {
    const { publicKey, privateKey } = await generateKeyPair('Ed25519');
    const jwks = { keys: [await exportJWK(publicKey)] };
    const issuer = trustedIssuerSchema.parse({ issuer: 'i', audience, jwks });
    const token = await new SignJWT({ 'wlcg.ver': '1.0' })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer('i')
      .setAudience(audience)
      .setSubject('ada')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    expect(await createTokenVerifier({ issuers: [issuer], clock })(token)).toMatchObject({
      subject: 'ada',
      scopes: [],
    });
  });

  it('is refused when it has expired', async () => {
    const token = await vo.issueToken({ ...request, lifetimeSeconds: -60 });
    await expect(verify(token)).rejects.toMatchObject({ code: 'unauthenticated', message: /expired/ });
    const later = { ...clock, now: () => new Date(Date.now() + 2 * 3600_000) };
    const verifyLater = createTokenVerifier({ issuers: [vo.trusted], clock: later });
    await expect(verifyLater(await vo.issueToken(request))).rejects.toThrow(/expired/);
  });

  it('is refused when it is for another service or from another issuer', async () => {
    const settings = { issuer: 'https://vo.example', clock };
    const [elsewhere, unknown] = [
      createTokenVerifier({ issuers: [{ ...vo.trusted, audience: 'https://elsewhere.example' }], clock }),
      createTokenVerifier({ issuers: [otherVo.trusted], clock }),
    ];
    const impostor = await createTokenIssuer({ ...settings, audience });
    await expect(elsewhere(await vo.issueToken(request))).rejects.toThrow(/another service/);
    await expect(unknown(await vo.issueToken(request))).rejects.toThrow(/not trusted/);
    await expect(verify(await impostor.issueToken(request))).rejects.toThrow(/not valid/);
  });

  it('is refused when one issuer signs in the name of another', async () => {
    const token = forge(await otherVo.issueToken(request), {
      payload: { iss: 'https://vo.example', aud: audience },
    });
    await expect(verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is refused when a claim or the algorithm was changed', async () => {
    const token = await vo.issueToken(request);
    const symmetric = await new SignJWT({ 'wlcg.ver': '1.0' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('https://vo.example')
      .setAudience(audience)
      .setSubject('ada')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(JSON.stringify(vo.trusted.jwks.keys[0])));
    const unsigned = forge(token, { header: { alg: 'none' } }).replace(/[^.]*$/, '');
    const attempts = [forge(token, { payload: { scope: 'key.read:/' } }), unsigned, symmetric, 'a.b.c', ''];
    for (const attempt of attempts) {
      await expect(verify(attempt)).rejects.toMatchObject({
        code: 'unauthenticated',
        message: 'Your token is not valid here.',
      });
    }
  });

  it('is refused when a claim of the profile is missing', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwks = { keys: [await exportJWK(publicKey)] };
    const verifyBare = createTokenVerifier({
      issuers: [trustedIssuerSchema.parse({ issuer: 'i', audience, jwks })],
      clock,
    });
    const bare = new SignJWT({ 'wlcg.ver': '1.0' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer('i')
      .setAudience(audience)
      .setSubject('ada')
      .setIssuedAt();
    await expect(verifyBare(await bare.sign(privateKey))).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await verifyBare(await bare.setExpirationTime('1h').sign(privateKey))).toMatchObject({
      subject: 'ada',
    });
  });
});

describe('a trusted issuer', () => {
  it('is given with public keys only', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwks = { keys: [await exportJWK(privateKey)] };
    const parsed = trustedIssuerSchema.safeParse({ issuer: 'i', audience, jwks });
    expect(parsed.error?.issues[0]?.message).toMatch(/private key/);
    expect(trustedIssuerSchema.safeParse({ issuer: 'i', audience, jwks: { keys: [] } }).success).toBe(false);
  });
});
