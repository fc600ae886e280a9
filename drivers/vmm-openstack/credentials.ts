import { parseRange } from '@trencadis/ipv4';
import { z } from 'zod';

const text = z.string().min(1, 'must not be empty');

const account = {
  /** One of them, with `password`, or beside an application credential that is given by name. */
  username: text.optional(),
  userId: text.optional(),
  /** Where the user is given by name. Without either: the domain whose id is `default`. */
  userDomainName: text.optional(),
  userDomainId: text.optional(),
  password: text.optional(),
  /** What the token is for. Needed with a password; with an application credential it is known. */
  projectName: text.optional(),
  projectId: text.optional(),
  /** Where the project is given by name. Without either: the domain whose id is `default`. */
  projectDomainName: text.optional(),
  projectDomainId: text.optional(),
  applicationCredentialId: text.optional(),
  applicationCredentialName: text.optional(),
  applicationCredentialSecret: text.optional(),
  /** Of Keystone, for as long as it lasts; it cannot be renewed. */
  token: text.optional(),
};

const place = {
  /** Needed where the cloud's catalog has several. */
  region: text.optional(),
  /** Which of the catalog's addresses. Default `public`. */
  interface: z.enum(['public', 'internal', 'admin']).optional(),
  /** PEM of an authority that is accepted beside the system's own. */
  caCertificate: z
    .string()
    .regex(/-----BEGIN CERTIFICATE-----/, 'must be a PEM certificate')
    .optional(),
  /** Name or id of the network that public networks lead to. Needed where the project sees several. */
  externalNetwork: text.optional(),
  /** IPv4 range; each network takes a free /24 of it. Default 10.208.0.0/16. */
  addressPool: z
    .string()
    .refine((range) => parseRange(range) !== undefined, 'must be an IPv4 range, a.b.c.d/len')
    .optional(),
  /** IPv4 addresses of the name servers that VMs are told. Default: the cloud's own. */
  dnsServers: z.array(z.ipv4()).optional(),
  /** Whether the cloud has volumes (Cinder). Default true. */
  blockStorage: z.boolean().optional(),
  /** `simulated`: its VMs never boot, as those of Nova's fake virt driver. Default `real`. */
  guests: z.enum(['real', 'simulated']).optional(),
};

/**
 * An account of an OpenStack cloud, in the words of `clouds.yaml`, and what belongs to it. It is a password, an
 * application credential or a token.
 */
export const openstackCredentials = z.strictObject({ ...account, ...place }).superRefine((given, context) => {
  for (const message of problemsOf(given)) context.addIssue({ code: 'custom', message });
});

export type OpenstackCredentials = z.output<typeof openstackCredentials>;

type Account = z.output<z.ZodObject<typeof account>>;

function problemsOf(given: Account): readonly string[] {
  const { password, applicationCredentialSecret, token } = given;
  const ways = [password, applicationCredentialSecret, token].filter((each) => each !== undefined);
  if (ways.length !== 1) {
    return ['must have one of password, applicationCredentialSecret and token, and only one'];
  }
  const hasUser = given.username !== undefined || given.userId !== undefined;
  if (password !== undefined) return passwordProblems(given, hasUser);
  return applicationCredentialSecret === undefined ? [] : applicationCredentialProblems(given, hasUser);
}

function passwordProblems(given: Account, hasUser: boolean): readonly string[] {
  const hasProject = given.projectName !== undefined || given.projectId !== undefined;
  return [
    ...(hasUser ? [] : ['needs username or userId beside password']),
    ...(hasProject ? [] : ['needs projectName or projectId beside password']),
  ];
}

function applicationCredentialProblems(given: Account, hasUser: boolean): readonly string[] {
  if (given.applicationCredentialId !== undefined) return [];
  if (given.applicationCredentialName === undefined) {
    return ['needs applicationCredentialId or applicationCredentialName beside its secret'];
  }
  return hasUser ? [] : ['needs username or userId beside applicationCredentialName'];
}
