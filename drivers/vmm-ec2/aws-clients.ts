import { awsClientFactory } from '@trencadis/aws-client';
import type { Ec2Credentials } from './credentials.ts';

export type AwsClients = ReturnType<typeof awsClients>;

/** The price list has three end points for the world. https://docs.aws.amazon.com/general/latest/gr/billing.html */
const pricingRegion = 'us-east-1';

export function awsClients(credentials: Ec2Credentials, endpoint: string | undefined) {
  const { xml, json } = awsClientFactory(credentials, endpoint);
  return {
    ec2: xml(async (all) => new (await import('@aws-sdk/client-ec2')).EC2(all)),
    ssm: json(async (all) => new (await import('@aws-sdk/client-ssm')).SSM(all)),
    quotas: json(async (all) => new (await import('@aws-sdk/client-service-quotas')).ServiceQuotas(all)),
    pricing: json(async (all) => {
      const { Pricing } = await import('@aws-sdk/client-pricing');
      return new Pricing({ ...all, region: pricingRegion });
    }),
  };
}
