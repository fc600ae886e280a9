import type { OpenstackAccount } from './account.ts';

/** Body of Keystone's `POST /v3/auth/tokens`. */
export function authRequest(credentials: OpenstackAccount): object {
  const scope = scopeOf(credentials);
  const identity = identityOf(credentials);
  return { auth: { identity, ...(scope === undefined ? {} : { scope }) } };
}

/** Whether the token that is given stands as it is, for the project that it was made for. */
export function isTokenAsGiven(credentials: OpenstackAccount): boolean {
  return credentials.token !== undefined && scopeOf(credentials) === undefined;
}

function identityOf(credentials: OpenstackAccount): object {
  const { password, token } = credentials;
  if (password !== undefined) {
    return { methods: ['password'], password: { user: { ...userOf(credentials), password } } };
  }
  if (token !== undefined) return { methods: ['token'], token: { id: token } };
  return {
    methods: ['application_credential'],
    application_credential: applicationCredentialOf(credentials),
  };
}

function applicationCredentialOf(credentials: OpenstackAccount): object {
  const secret = credentials.applicationCredentialSecret;
  if (credentials.applicationCredentialId !== undefined) {
    return { id: credentials.applicationCredentialId, secret };
  }
  return { name: credentials.applicationCredentialName, user: userOf(credentials), secret };
}

function userOf({ userId, username, userDomainId, userDomainName }: OpenstackAccount): object {
  if (userId !== undefined) return { id: userId };
  return { name: username, domain: domainOf(userDomainId, userDomainName) };
}

/** An application credential has its project; Keystone refuses to be told one. */
function scopeOf(credentials: OpenstackAccount): object | undefined {
  const { projectId, projectName, projectDomainId, projectDomainName } = credentials;
  if (credentials.applicationCredentialSecret !== undefined) return undefined;
  if (projectId !== undefined) return { project: { id: projectId } };
  if (projectName === undefined) return undefined;
  return { project: { name: projectName, domain: domainOf(projectDomainId, projectDomainName) } };
}

function domainOf(id: string | undefined, name: string | undefined): object {
  return id === undefined && name !== undefined ? { name } : { id: id ?? 'default' };
}
