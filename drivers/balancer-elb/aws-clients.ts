import type { ACM } from '@aws-sdk/client-acm';
import type { AutoScaling } from '@aws-sdk/client-auto-scaling';
import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import type { EC2 } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AmazonAccount } from './account-settings.ts';
import { refuseStrangers } from './refuse-strangers.ts';

export interface AwsClients {
  readonly ec2: () => Promise<EC2>;
  readonly elb: () => Promise<ElasticLoadBalancingV2>;
  readonly acm: () => Promise<ACM>;
  readonly autoScaling: () => Promise<AutoScaling>;
  readonly cloudWatch: () => Promise<CloudWatch>;
}

const connectionTimeoutMs = 10_000;
const requestTimeoutMs = 60_000;
/** The SDK waits between attempts at what is throttled (Retry-After, else up to some seconds) or failed by a 5xx. */
const maxAttempts = 4;

/** The clients of the AWS SDK, made when first asked for: loading them costs most of a second. */
export function awsClients(account: AmazonAccount, endpoint: string | undefined): AwsClients {
  const settings = once(() => settingsOf(account, endpoint));
  const inXml = <Client extends Answering>(create: (settings: Settings) => Promise<Client>) =>
    once(async () => {
      const client = await create(await settings());
      client.middlewareStack.add(refuseStrangers, {
        step: 'deserialize',
        priority: 'low',
        name: 'refuseStrangers',
      });
      return client;
    });
  return {
    ec2: inXml(async (all) => new (await import('@aws-sdk/client-ec2')).EC2(all)),
    elb: inXml(async (all) => {
      const { ElasticLoadBalancingV2: Client } = await import('@aws-sdk/client-elastic-load-balancing-v2');
      return new Client(all);
    }),
    autoScaling: inXml(async (all) => new (await import('@aws-sdk/client-auto-scaling')).AutoScaling(all)),
    // They speak JSON, which no page of HTML is taken for.
    acm: once(async () => new (await import('@aws-sdk/client-acm')).ACM(await settings())),
    cloudWatch: once(
      async () => new (await import('@aws-sdk/client-cloudwatch')).CloudWatch(await settings()),
    ),
  };
}

interface Answering {
  readonly middlewareStack: {
    add(
      middleware: typeof refuseStrangers,
      options: { readonly step: 'deserialize'; readonly priority: 'low'; readonly name: string },
    ): void;
  };
}

type Settings = Awaited<ReturnType<typeof settingsOf>>;

async function settingsOf(account: AmazonAccount, endpoint: string | undefined) {
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
