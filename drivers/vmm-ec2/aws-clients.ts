import type { EC2 } from '@aws-sdk/client-ec2';
import type { Pricing } from '@aws-sdk/client-pricing';
import type { ServiceQuotas } from '@aws-sdk/client-service-quotas';
import type { SSM } from '@aws-sdk/client-ssm';
import type { STS } from '@aws-sdk/client-sts';
import type { Ec2Credentials } from './credentials.ts';

export interface AwsClients {
  ec2(): Promise<EC2>;
  ssm(): Promise<SSM>;
  sts(): Promise<STS>;
  quotas(): Promise<ServiceQuotas>;
  pricing(): Promise<Pricing>;
}

export interface AwsEndpoint {
  /** Base URL of a service that answers for all of them; absent: Amazon's own of the region. */
  readonly endpoint?: string;
  /** Starting point of the SDK's correction of a clock that is wrong. */
  readonly clockOffsetMs?: number;
}

const connectionTimeoutMs = 10_000;
const requestTimeoutMs = 60_000;
/** The SDK waits between attempts at what is throttled (Retry-After, else up to some seconds) or failed by a 5xx. */
const maxAttempts = 5;
/** The price list has three end points for the world. https://docs.aws.amazon.com/general/latest/gr/billing.html */
const pricingRegion = 'us-east-1';

/**
 * The clients of the AWS SDK, made when first asked for: loading them costs most of a second, and a platform may have
 * many accounts that nobody uses today.
 */
export function awsClients(credentials: Ec2Credentials, endpoint: AwsEndpoint): AwsClients {
  const { region } = credentials;
  const settings = once(() => settingsOf(credentials, endpoint));
  return {
    ec2: once(async () => new (await import('@aws-sdk/client-ec2')).EC2({ region, ...(await settings()) })),
    ssm: once(async () => new (await import('@aws-sdk/client-ssm')).SSM({ region, ...(await settings()) })),
    sts: once(async () => new (await import('@aws-sdk/client-sts')).STS({ region, ...(await settings()) })),
    quotas: once(async () => {
      const { ServiceQuotas } = await import('@aws-sdk/client-service-quotas');
      return new ServiceQuotas({ region, ...(await settings()) });
    }),
    pricing: once(async () => {
      const { Pricing } = await import('@aws-sdk/client-pricing');
      return new Pricing({ region: pricingRegion, ...(await settings()) });
    }),
  };
}

async function settingsOf(credentials: Ec2Credentials, { endpoint, clockOffsetMs }: AwsEndpoint) {
  const { accessKeyId, secretAccessKey, sessionToken, caCertificate } = credentials;
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  const { Agent } = await import('node:https');
  const { rootCertificates } = await import('node:tls');
  const ca = caCertificate === undefined ? undefined : [...rootCertificates, caCertificate];
  return {
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
    ...(clockOffsetMs === undefined ? {} : { systemClockOffset: clockOffsetMs }),
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
