import { type TestAccount, awsOf } from './test-account.ts';

export { AmazonStandIn } from './amazon-stand-in.ts';
export { type TestAccount, awsOf } from './test-account.ts';

type Listing = (aws: ReturnType<typeof awsOf>) => Promise<readonly (string | undefined)[] | undefined>;

/** What balancers and scaling groups are made of beside that of VMs, each by one call past the drivers. */
const listings: Readonly<Record<string, Listing>> = {
  balancer: async ({ elb }) =>
    (await (await elb()).describeLoadBalancers({})).LoadBalancers?.map((each) => each.LoadBalancerName),
  target: async ({ elb }) =>
    (await (await elb()).describeTargetGroups({})).TargetGroups?.map((each) => each.TargetGroupName),
  certificate: async ({ acm }) =>
    (await (await acm()).listCertificates({})).CertificateSummaryList?.map((each) => each.CertificateArn),
  scaling: async ({ autoScaling }) =>
    (await (await autoScaling()).describeAutoScalingGroups({})).AutoScalingGroups?.map(
      (each) => each.AutoScalingGroupName,
    ),
  policy: async ({ autoScaling }) =>
    (await (await autoScaling()).describePolicies({})).ScalingPolicies?.map((each) => each.PolicyName),
  schedule: async ({ autoScaling }) =>
    (await (await autoScaling()).describeScheduledActions({})).ScheduledUpdateGroupActions?.map(
      (each) => each.ScheduledActionName,
    ),
  alarm: async ({ cloudWatch }) =>
    (await (await cloudWatch()).describeAlarms({})).MetricAlarms?.map((each) => each.AlarmName),
  template: async ({ ec2 }) =>
    (await (await ec2()).describeLaunchTemplates({})).LaunchTemplates?.map((each) => each.LaunchTemplateName),
};

/** `kind:id` of all of that which the account holds. */
export async function balancerContents(account: TestAccount): Promise<readonly string[]> {
  const aws = awsOf(account);
  const found = await Promise.all(
    Object.entries(listings).map(async ([kind, list]) =>
      ((await list(aws)) ?? []).flatMap((id) => (id === undefined ? [] : [`${kind}:${id}`])),
    ),
  );
  return found.flat().toSorted();
}
