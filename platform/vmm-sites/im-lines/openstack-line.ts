import type { AuthLine } from './auth-lines.ts';
import { type CloudOfLine, type UndrivenLine, given } from './cloud-of-line.ts';

type Values = AuthLine['values'];

const unsupported: Readonly<Record<string, string>> = {
  '3.x_oidc_access_token':
    'auth_version 3.x_oidc_access_token is not supported: make an application credential at the cloud, and give it with auth_version = 3.x_appcred',
  '2.0_voms':
    'auth_version 2.0_voms ended with version 2 of OpenStack’s Identity API: use 3.x_password or 3.x_appcred',
};

/** The same version 3 for both: no cloud has version 2 any more, and the Infrastructure Manager takes it for granted. */
const withPassword: ReadonlySet<string> = new Set(['2.0_password', '3.x_password']);

/** The words of `auth_version`, `tenant` and the like are those of the Infrastructure Manager's documentation. */
export function openstackOfLine({ values }: AuthLine): CloudOfLine | UndrivenLine {
  const { host, auth_version: version = '3.x_password' } = values;
  if (host === undefined) return { because: 'its line has no host: the URL of Keystone' };
  const credentials = credentialsOf(version, values);
  if (credentials === undefined) {
    const because =
      unsupported[version] ?? 'its auth_version is none of 3.x_password, 3.x_appcred and 2.0_password';
    return { because };
  }
  const region = values['service_region'] ?? values.region;
  return { product: 'openstack', endpoint: host, credentials: { ...credentials, ...given({ region }) } };
}

function credentialsOf(version: string, values: Values): Readonly<Record<string, string>> | undefined {
  if (version === '3.x_appcred') {
    const { username, password } = values;
    return given({ applicationCredentialId: username, applicationCredentialSecret: password });
  }
  if (!withPassword.has(version)) return undefined;
  const token = values['auth_token'] ?? values.token;
  const project = {
    projectName: values.tenant ?? values.project,
    projectDomainId: values['tenant_domain_id'],
  };
  if (token !== undefined) return given({ token, ...project });
  const { username, password, domain } = values;
  return given({ username, password, userDomainName: domain, ...project });
}
