import { timingSafeEqual } from 'node:crypto';
import { type TrustedIssuer, createTokenVerifier } from '@trencadis/access';
import { type AccountService, type Caller, operatorName, tokenPrefix } from '@trencadis/accounts';
import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { sha256OfText } from '@trencadis/ids';
import { type ServiceTokens, serviceTokenPrefix } from '@trencadis/service-controller';

export interface CallerParts {
  /** Whoever holds it is the operator and may do everything. */
  readonly operatorToken: string;
  readonly accounts: Pick<AccountService, 'authenticate'>;
  /** Of services that run, for their replicas. */
  readonly serviceTokens: Pick<ServiceTokens, 'verify'>;
  /** Whose tokens are accepted beside the platform's own. */
  readonly tokenIssuers: readonly TrustedIssuer[];
  readonly clock: Clock;
}

/** Who that is, if they may use the right at all; `unauthenticated` or `forbidden`. */
export type AuthenticateCaller = (token: string, wanted: { readonly right: string }) => Promise<Caller>;

/**
 * Knows a caller by the operator's token, by an account's (`trn_...`), by a service's (`svc_...`), or by one of a trusted
 * issuer: the owner is then `<issuer's host>/<subject>`, which no account can be called.
 */
export function authenticateCaller(parts: CallerParts): AuthenticateCaller {
  const { operatorToken, accounts, serviceTokens } = parts;
  const operatorDigest = Buffer.from(sha256OfText(operatorToken));
  const ofIssuer = issuerCallers(parts);
  const callerOf = async (token: string): Promise<Caller> => {
    if (timingSafeEqual(operatorDigest, Buffer.from(sha256OfText(token)))) return operatorCaller;
    if (token.startsWith(serviceTokenPrefix)) return replicasCaller(await serviceTokens.verify(token));
    return token.startsWith(tokenPrefix) ? accounts.authenticate(token) : ofIssuer(token);
  };
  return async (token, { right }) => {
    const caller = await callerOf(token);
    if (caller.reportsFor && right !== 'replica.report') {
      const message = 'With the token of a service its replicas report, and nothing else.';
      throw new PlatformError('forbidden', message, { subject: caller.owner });
    }
    if (caller.isAdmin || everybodysRights.test(right)) return caller;
    const message = `Only an administrator of the platform has the right ${right}.`;
    throw new PlatformError('forbidden', message, { subject: caller.owner });
  };
}

/** Nothing belongs to them. */
function replicasCaller(service: NonNullable<Caller['reportsFor']>): Caller {
  const owner = `replicas of ${service.infrastructureId}/${service.serviceId}`;
  return { owner, groups: [], isAdmin: false, reportsFor: service };
}

export const operatorCaller: Caller = { owner: operatorName, groups: [], isAdmin: true };

/** What callers may do with things of their own and read of what is shared; all else is for administrators. */
const everybodysRights =
  /^(self|audit\.read|component\.read|service\.read|replica\.report|(infrastructure|image|cloud)\.(read|change))$/;

function issuerCallers({ tokenIssuers, clock }: CallerParts): (token: string) => Promise<Caller> {
  const verify = createTokenVerifier({ issuers: tokenIssuers, clock });
  return async (token) => {
    if (!looksLikeJwt(token)) {
      const message =
        'Your token is not known here: give the one in platform-api.token of the platform’s folder, an account’s, or one of a trusted issuer.';
      throw new PlatformError('unauthenticated', message);
    }
    const { issuer, subject, groups } = await verify(token);
    return { owner: `${hostOfIssuer(issuer)}/${subject}`, groups, isAdmin: false };
  };
}

function looksLikeJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}

/** An issuer is a URL (WLCG token profile 1.0); the settings hold only one of each host. */
export function hostOfIssuer(issuer: string): string {
  return new URL(issuer).host;
}
