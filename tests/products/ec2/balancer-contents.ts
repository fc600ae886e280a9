import { ACM } from '@aws-sdk/client-acm';
import { AutoScaling } from '@aws-sdk/client-auto-scaling';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type TestEc2, accountContents } from '@trencadis/vmm-ec2/testing';

/** Clients of the tests' own, past the drivers. */
export function awsOf({ endpoint, credentials }: TestEc2) {
  const { region, accessKeyId, secretAccessKey } = credentials;
  const settings = { region, endpoint, credentials: { accessKeyId, secretAccessKey } };
  return {
    elb: new ElasticLoadBalancingV2(settings),
    acm: new ACM(settings),
    autoScaling: new AutoScaling(settings),
    cloudWatch: new CloudWatch(settings),
  };
}

/** `kind:id` of all that the account holds: what VMs need, and what balancers and scaling groups are made of. */
export async function balancerContents(ec2: TestEc2): Promise<readonly string[]> {
  const { elb, acm, autoScaling, cloudWatch } = awsOf(ec2);
  const [balancers, targets, certificates, groups, policies, alarms, templates, ofVms] = await Promise.all([
    elb.describeLoadBalancers({}),
    elb.describeTargetGroups({}),
    acm.listCertificates({}),
    autoScaling.describeAutoScalingGroups({}),
    autoScaling.describePolicies({}),
    cloudWatch.describeAlarms({}),
    ec2.ec2.describeLaunchTemplates({}),
    accountContents(ec2.ec2),
  ]);
  const found = {
    balancer: balancers.LoadBalancers?.map(({ LoadBalancerName }) => LoadBalancerName),
    target: targets.TargetGroups?.map(({ TargetGroupName }) => TargetGroupName),
    certificate: certificates.CertificateSummaryList?.map(({ CertificateArn }) => CertificateArn),
    scaling: groups.AutoScalingGroups?.map(({ AutoScalingGroupName }) => AutoScalingGroupName),
    policy: policies.ScalingPolicies?.map(({ PolicyName }) => PolicyName),
    alarm: alarms.MetricAlarms?.map(({ AlarmName }) => AlarmName),
    template: templates.LaunchTemplates?.map(({ LaunchTemplateName }) => LaunchTemplateName),
  };
  const ofBalancers = Object.entries(found).flatMap(([kind, ids = []]) => ids.map((id) => `${kind}:${id}`));
  return [...ofVms, ...ofBalancers].toSorted();
}
