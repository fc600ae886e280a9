import { refuseStrangers } from './refuse-strangers.ts';

/** An account at Amazon in one region. */
export interface AwsAccount {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials (STS). They expire; then every call fails with `unauthenticated`. */
  readonly sessionToken?: string | undefined;
  readonly region: string;
  /** PEM: certificate authorities that are trusted beside those that Node.js knows. */
  readonly caCertificate?: string | undefined;
}

export interface AwsClientFactory {
  /** Of a service that speaks JSON, which no page of HTML is taken for. */
  readonly json: <Client>(create: Create<Client>) => () => Promise<Client>;
  /** Of a service that speaks XML. */
  readonly xml: <Client extends Answering>(create: Create<Client>) => () => Promise<Client>;
}

type Create<Client> = (settings: Settings) => Promise<Client>;
type Settings = Awaited<ReturnType<typeof settingsOf>>;

interface Answering {
  readonly middlewareStack: {
    add(
      middleware: typeof refuseStrangers,
      options: { readonly step: 'deserialize'; readonly priority: 'low'; readonly name: string },
    ): void;
  };
}

const connectionTimeoutMs = 10_000;
const requestTimeoutMs = 60_000;
/** The SDK waits between attempts at what is throttled (Retry-After, else up to some seconds) or failed by a 5xx. */
const maxAttempts = 4;

/**
 * Clients of the AWS SDK, made when first asked for: loading them costs most of a second, and a platform may have many
 * accounts that nobody uses today. `endpoint`: base URL of a service that answers for all of them; absent or empty:
 * Amazon's own of the region.
 */
export function awsClientFactory(account: AwsAccount, endpoint: string | undefined): AwsClientFactory {
  const settings = once(() => settingsOf(account, endpoint));
  return {
    json: (create) => once(async () => create(await settings())),
    xml: (create) =>
      once(async () => {
        const client = await create(await settings());
        client.middlewareStack.add(refuseStrangers, {
          step: 'deserialize',
          priority: 'low',
          name: 'refuseStrangers',
        });
        return client;
      }),
  };
}

async function settingsOf(account: AwsAccount, endpoint: string | undefined) {
  const { region, accessKeyId, secretAccessKey, sessionToken, caCertificate } = account;
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  const { Agent } = await import('node:https');
  const { rootCertificates } = await import('node:tls');
  const ca = caCertificate === undefined ? undefined : [...rootCertificates, caCertificate];
  return {
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    maxAttempts,
    retryMode: 'standard',
    requestHandler: new NodeHttpHandler({
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      httpsAgent: new Agent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) }),
    }),
    ...(endpoint === undefined || endpoint === '' ? {} : { endpoint }),
  };
}

/** Makes it at the first call, and again at the next one when making it has failed. */
function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
