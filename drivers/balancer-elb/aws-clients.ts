import { type AwsAccount, awsClientFactory } from '@trencadis/aws-client';

export type AwsClients = ReturnType<typeof awsClients>;

export function awsClients(account: AwsAccount, endpoint: string | undefined) {
  const { xml, json } = awsClientFactory(account, endpoint);
  return {
    ec2: xml(async (all) => new (await import('@aws-sdk/client-ec2')).EC2(all)),
    elb: xml(async (all) => {
      const { ElasticLoadBalancingV2: Client } = await import('@aws-sdk/client-elastic-load-balancing-v2');
      return new Client(all);
    }),
    autoScaling: xml(async (all) => new (await import('@aws-sdk/client-auto-scaling')).AutoScaling(all)),
    acm: json(async (all) => new (await import('@aws-sdk/client-acm')).ACM(all)),
    cloudWatch: json(async (all) => new (await import('@aws-sdk/client-cloudwatch')).CloudWatch(all)),
  };
}
