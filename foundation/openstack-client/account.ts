import { z } from 'zod';

const text = z.string().min(1, 'must not be empty');

/**
 * An account of an OpenStack cloud, in the words of `clouds.yaml`, and where it is found. It is a password, an application
 * credential or a token: {@link accountProblems} says what is missing.
 */
export const accountShape = {
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
  /** Needed where the cloud's catalog has several. */
  region: text.optional(),
  /** Which of the catalog's addresses. Default `public`. */
  interface: z.enum(['public', 'internal', 'admin']).optional(),
  /** PEM of an authority that is accepted beside the system's own. */
  caCertificate: z
    .string()
    .regex(/-----BEGIN CERTIFICATE-----/, 'must be a PEM certificate')
    .optional(),
  /** Name or id of the network of public addresses. Needed where the project sees several. */
  externalNetwork: text.optional(),
};

export type OpenstackAccount = Readonly<z.output<z.ZodObject<typeof accountShape>>>;

/** What is missing or too much in an account, for people; no value is repeated. */
export function accountProblems(given: OpenstackAccount): readonly string[] {
  const { password, applicationCredentialSecret, token } = given;
  const ways = [password, applicationCredentialSecret, token].filter((each) => each !== undefined);
  if (ways.length !== 1) {
    return ['must have one of password, applicationCredentialSecret and token, and only one'];
  }
  const hasUser = given.username !== undefined || given.userId !== undefined;
  if (password !== undefined) return passwordProblems(given, hasUser);
  return applicationCredentialSecret === undefined ? [] : applicationCredentialProblems(given, hasUser);
}

function passwordProblems(given: OpenstackAccount, hasUser: boolean): readonly string[] {
  const hasProject = given.projectName !== undefined || given.projectId !== undefined;
  return [
    ...(hasUser ? [] : ['needs username or userId beside password']),
    ...(hasProject ? [] : ['needs projectName or projectId beside password']),
  ];
}

function applicationCredentialProblems(given: OpenstackAccount, hasUser: boolean): readonly string[] {
  if (given.applicationCredentialId !== undefined) return [];
  if (given.applicationCredentialName === undefined) {
    return ['needs applicationCredentialId or applicationCredentialName beside its secret'];
  }
  return hasUser ? [] : ['needs username or userId beside applicationCredentialName'];
}
