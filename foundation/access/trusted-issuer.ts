import { z } from 'zod';

/** A public key as a JWK (RFC 7517). A private one is refused: it has no business in a service's configuration. */
const publicJwkSchema = z
  .looseObject({ kty: z.enum(['EC', 'OKP']), crv: z.enum(['P-256', 'Ed25519']), x: z.string() })
  .refine((jwk) => !('d' in jwk), 'holds a private key: give the public one only');

/** Whose tokens a service accepts: the issuer's URL, the audience that its tokens for us carry, its public keys. */
export const trustedIssuerSchema = z.strictObject({
  issuer: z.string().min(1),
  audience: z.string().min(1),
  jwks: z.object({ keys: z.array(publicJwkSchema).min(1) }),
});

export type TrustedIssuer = z.output<typeof trustedIssuerSchema>;
