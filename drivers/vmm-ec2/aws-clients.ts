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
}

const connectionTimeoutMs = 10_000;
const requestTimeoutMs = 60_000;
/** The SDK waits between attempts at what is throttled (Retry-After, else up to some seconds) or failed by a 5xx. */
const maxAttempts = 4;
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
    ec2: once(async () => {
      const { EC2 } = await import('@aws-sdk/client-ec2');
      const ec2 = new EC2({ region, ...(await settings()) });
      ec2.middlewareStack.add(refuseStrangers, {
        step: 'deserialize',
        priority: 'low',
        name: 'refuseStrangers',
      });
      return ec2;
    }),
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

const isXml = /^(text|application)\/xml\b/;

/**
 * The SDK takes a page of HTML for an answer without anything in it, and a listing without anything for a world without
 * anything. Whatever is no XML is refused; what is refused already has its own way.
 */
function refuseStrangers<Request, Result extends { readonly response: unknown }>(
  next: (request: Request) => Promise<Result>,
): (request: Request) => Promise<Result> {
  return async (request) => {
    const result = await next(request);
    const { response } = result;
    const { statusCode = 0, headers = {} } = isHttpResponse(response) ? response : {};
    if (statusCode >= 200 && statusCode < 300 && !isXml.test(headers['content-type'] ?? '')) {
      throw new NotAws(statusCode);
    }
    return result;
  };
}

interface HttpResponseLike {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

function isHttpResponse(response: unknown): response is HttpResponseLike {
  return typeof response === 'object' && response !== null && 'statusCode' in response;
}

/** Like what the SDK throws for an answer that it can make nothing of. */
class NotAws extends Error {
  readonly $metadata: { readonly httpStatusCode: number };
  constructor(httpStatusCode: number) {
    super('the answer is no XML');
    this.$metadata = { httpStatusCode };
  }
}

async function settingsOf(credentials: Ec2Credentials, { endpoint }: AwsEndpoint) {
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
