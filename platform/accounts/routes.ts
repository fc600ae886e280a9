import { PlatformError } from '@trencadis/errors';
import type { Handlers } from '@trencadis/http';
import type { AccountView, IssuedTokenView, TokenView, accountApi } from './api.ts';
import type { AccessToken, Account, Caller, IssuedToken } from './model.ts';
import type { AccountService } from './service.ts';

type AllHandlers = Handlers<typeof accountApi, Caller>;
type MyRoute = 'whoAmI' | 'changeMyPassword' | 'issueMyToken' | 'revokeMyToken';
type TokenRoute = 'issueAccountToken' | 'revokeAccountToken';

export function accountHandlers(service: AccountService): AllHandlers {
  return { ...adminHandlers(service), ...adminTokenHandlers(service), ...myHandlers(service) };
}

function adminHandlers(service: AccountService): Omit<AllHandlers, MyRoute | TokenRoute> {
  return {
    listAccounts: async ({ caller }) => {
      requireAdmin(caller);
      return { accounts: (await service.list()).map(accountView) };
    },
    createAccount: async ({ body, ...request }) => accountView(await service.create(adminOf(request), body)),
    showAccount: async ({ params, caller }) => {
      requireAdmin(caller);
      const account = await service.get(params.account);
      return { ...accountView(account), tokens: (await service.listTokens(account.name)).map(tokenView) };
    },
    setAccountGroups: async ({ params, body, ...request }) =>
      accountView(await service.setGroups(adminOf(request), params.account, body.groups)),
    setAccountQuota: async ({ params, body, ...request }) =>
      accountView(await service.setQuota(adminOf(request), params.account, body)),
    setAccountPassword: async ({ params, body, ...request }) => {
      await service.setPassword(adminOf(request), params.account, body.password);
      return {};
    },
    disableAccount: async ({ params, ...request }) =>
      accountView(await service.disable(adminOf(request), params.account)),
    enableAccount: async ({ params, ...request }) =>
      accountView(await service.enable(adminOf(request), params.account)),
    removeAccount: async ({ params, ...request }) => {
      await service.remove(adminOf(request), params.account);
      return {};
    },
  };
}

function adminTokenHandlers(service: AccountService): Pick<AllHandlers, TokenRoute> {
  return {
    issueAccountToken: async ({ params, body, ...request }) =>
      issuedView(await service.issueToken(adminOf(request), params.account, body)),
    revokeAccountToken: async ({ params, ...request }) => {
      await service.revokeToken(adminOf(request), params.account, params.tokenId);
      return {};
    },
  };
}

function myHandlers(service: AccountService): Pick<AllHandlers, MyRoute> {
  return {
    whoAmI: async ({ caller }) => {
      const account = await service.find(caller.owner);
      const tokens = account === undefined ? [] : await service.listTokens(account.name);
      const quota = account?.quota === undefined ? {} : { quota: account.quota };
      return { ...caller, ...quota, tokens: tokens.map(tokenView) };
    },
    changeMyPassword: async ({ body, ...request }) => {
      const by = await accountOf(service, request);
      await service.verifyPassword(by.owner, body.current, by.requestId);
      await service.setPassword(by, by.owner, body.password);
      return {};
    },
    issueMyToken: async ({ body, ...request }) => {
      const by = await accountOf(service, request);
      return issuedView(await service.issueToken(by, by.owner, body));
    },
    revokeMyToken: async ({ params, ...request }) => {
      const by = await accountOf(service, request);
      await service.revokeToken(by, by.owner, params.tokenId);
      return {};
    },
  };
}

interface Request {
  readonly caller: Caller;
  readonly requestId: string;
}

function requireAdmin({ owner, isAdmin }: Caller): void {
  if (isAdmin) return;
  const message = 'Only an administrator of the platform may see and change accounts; yours is at /api/me.';
  throw new PlatformError('forbidden', message, { subject: owner });
}

function adminOf({ caller, requestId }: Request) {
  requireAdmin(caller);
  return { owner: caller.owner, requestId };
}

async function accountOf(service: AccountService, { caller: { owner }, requestId }: Request) {
  if ((await service.find(owner)) !== undefined) return { owner, requestId };
  const message = `${owner} has no account here: its tokens come from elsewhere.`;
  throw new PlatformError('unsupported', message, { subject: owner });
}

function accountView({ createdAt, disabledAt, ...account }: Account): AccountView {
  return {
    ...account,
    createdAt: createdAt.toISOString(),
    ...(disabledAt === undefined ? {} : { disabledAt: disabledAt.toISOString() }),
  };
}

function tokenView({ id, name, createdAt, expiresAt, lastUsedAt }: AccessToken): TokenView {
  return {
    id,
    name,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt: lastUsedAt.toISOString() }),
  };
}

function issuedView(token: IssuedToken): IssuedTokenView {
  return { ...tokenView(token), text: token.text };
}
