export type { Caller, Scope } from './caller.ts';
export { type HmacTokens, createHmacTokens } from './hmac-tokens.ts';
export { holdsOntology, parseScopes, requireOntology, requireOperation } from './scopes.ts';
export { type TrustedIssuer, trustedIssuerSchema } from './trusted-issuer.ts';
export { type VerifyToken, createTokenVerifier } from './verify-token.ts';
