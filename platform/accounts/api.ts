import { defineRoutes } from '@trencadis/http';
import { z } from 'zod';

const accountName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and -, and begin with a letter');
const groups = z.array(z.string().regex(/^[\w./-]{1,200}$/, 'is not the name of a group')).max(100);
const bound = z.number().int().min(0).exactOptional();
const quota = z.strictObject({ vms: bound, cpuCount: bound, memoryMiB: bound });
const password = z.string().min(12).max(1024);
const tokenOrder = z.strictObject({
  name: z.string().trim().min(1).max(100),
  expiresInDays: z.number().int().min(1).max(3650).default(90),
});

const instant = z.iso.datetime();

const accountSchema = z.object({
  name: z.string(),
  groups: z.array(z.string()).readonly(),
  isAdmin: z.boolean(),
  quota: quota.exactOptional(),
  createdAt: instant,
  disabledAt: instant.exactOptional(),
});
export type AccountView = z.output<typeof accountSchema>;

const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: instant,
  expiresAt: instant,
  lastUsedAt: instant.exactOptional(),
});
export type TokenView = z.output<typeof tokenSchema>;

/** With the token's text, which is shown this once. */
const issuedSchema = tokenSchema.extend({ text: z.string() });
export type IssuedTokenView = z.output<typeof issuedSchema>;

const meSchema = z.object({
  owner: z.string(),
  groups: z.array(z.string()).readonly(),
  isAdmin: z.boolean(),
  /** None: the platform sets no bound. */
  quota: quota.exactOptional(),
  /** Of an account of this platform; the operator and tokens of other issuers have none. */
  tokens: z.array(tokenSchema).readonly(),
});
export type MeView = z.output<typeof meSchema>;

const one = z.object({ account: z.string().max(63) });
const oneToken = z.object({ tokenId: z.string().max(63) });
const read = { right: 'account.read' } as const;
const change = { right: 'account.change' } as const;
const self = { right: 'self' } as const;

/** For administrators. */
const accountsApi = defineRoutes({
  listAccounts: {
    method: 'GET',
    path: '/api/accounts',
    summary: 'The accounts by name.',
    response: z.object({ accounts: z.array(accountSchema).readonly() }),
    access: read,
  },
  createAccount: {
    method: 'POST',
    path: '/api/accounts',
    summary: 'Make an account. Without a password, only tokens open it.',
    body: z.strictObject({
      name: accountName,
      groups: groups.default([]),
      isAdmin: z.boolean().default(false),
      quota: quota.exactOptional(),
      password: password.exactOptional(),
    }),
    response: accountSchema,
    status: 201,
    access: change,
  },
  showAccount: {
    method: 'GET',
    path: '/api/accounts/{account}',
    summary: 'One account with its tokens.',
    params: one,
    response: accountSchema.extend({ tokens: z.array(tokenSchema).readonly() }),
    access: read,
  },
  setAccountGroups: {
    method: 'PUT',
    path: '/api/accounts/{account}/groups',
    summary: 'Give an account these groups, and no others.',
    params: one,
    body: z.strictObject({ groups }),
    response: accountSchema,
    access: change,
  },
  setAccountQuota: {
    method: 'PUT',
    path: '/api/accounts/{account}/quota',
    summary: 'Bound what an account may use; what is not named has no bound.',
    params: one,
    body: quota,
    response: accountSchema,
    access: change,
  },
  setAccountPassword: {
    method: 'PUT',
    path: '/api/accounts/{account}/password',
    summary: 'Give an account another password. Its tokens stay.',
    params: one,
    body: z.strictObject({ password }),
    response: z.object({}),
    access: change,
  },
  disableAccount: {
    method: 'POST',
    path: '/api/accounts/{account}/disable',
    summary: 'Let its password and tokens open nothing any more. What it made goes on.',
    params: one,
    response: accountSchema,
    access: change,
  },
  enableAccount: {
    method: 'POST',
    path: '/api/accounts/{account}/enable',
    summary: 'Take a disabling back.',
    params: one,
    response: accountSchema,
    access: change,
  },
  removeAccount: {
    method: 'DELETE',
    path: '/api/accounts/{account}',
    summary: 'Remove an account to which nothing belongs any more, with its tokens.',
    params: one,
    response: z.object({}),
    access: change,
  },
  issueAccountToken: {
    method: 'POST',
    path: '/api/accounts/{account}/tokens',
    summary: 'Make a token for an account. Its text is in this answer only.',
    params: one,
    body: tokenOrder,
    response: issuedSchema,
    status: 201,
    access: change,
  },
  revokeAccountToken: {
    method: 'DELETE',
    path: '/api/accounts/{account}/tokens/{tokenId}',
    summary: 'Revoke a token of an account.',
    params: one.extend(oneToken.shape),
    response: z.object({}),
    access: change,
  },
});

/** For everybody, about themselves. */
const meApi = defineRoutes({
  whoAmI: {
    method: 'GET',
    path: '/api/me',
    summary: 'Who the caller is here, with quota and tokens.',
    response: meSchema,
    access: self,
  },
  changeMyPassword: {
    method: 'PUT',
    path: '/api/me/password',
    summary: 'Change the password of the caller’s own account.',
    body: z.strictObject({ current: z.string().max(1024), password }),
    response: z.object({}),
    access: self,
  },
  issueMyToken: {
    method: 'POST',
    path: '/api/me/tokens',
    summary: 'Make a token for the caller’s own account. Its text is in this answer only.',
    body: tokenOrder,
    response: issuedSchema,
    status: 201,
    access: self,
  },
  revokeMyToken: {
    method: 'DELETE',
    path: '/api/me/tokens/{tokenId}',
    summary: 'Revoke a token of the caller’s own account.',
    params: oneToken,
    response: z.object({}),
    access: self,
  },
});

export const accountApi = { ...accountsApi, ...meApi };
