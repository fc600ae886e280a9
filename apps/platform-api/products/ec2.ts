import type { Ec2Credentials } from '@trencadis/vmm-ec2';
import type { VmmProduct } from '@trencadis/vmm-sites';

/** An account of Amazon EC2 in one region; what speaks its API elsewhere has an endpoint. */
export const ec2: VmmProduct<Ec2Credentials> = {
  name: 'ec2',
  needsEndpoint: false,
  whereToFind: {
    accessKeyId: 'AWS console: IAM, Users, Security credentials, Access keys',
    secretAccessKey: 'the AWS console shows it once, when the access key is made',
    region: 'such as eu-west-1; the AWS console shows it beside your name',
  },
  load: async () => {
    const { createEc2Vmm, ec2Credentials } = await import('@trencadis/vmm-ec2');
    return {
      credentials: ec2Credentials,
      create: ({ endpoint }, credentials) =>
        createEc2Vmm({ credentials, ...(endpoint === undefined ? {} : { endpoint }) }),
      createBalancer: async ({ endpoint }, credentials) => {
        const { createElbBalancer } = await import('@trencadis/balancer-elb');
        return createElbBalancer({ credentials, ...(endpoint === undefined ? {} : { endpoint }) });
      },
      createScalingGroups: async ({ endpoint }, credentials) => {
        const { createAutoScalingGroups } = await import('@trencadis/balancer-elb');
        return createAutoScalingGroups({ credentials, ...(endpoint === undefined ? {} : { endpoint }) });
      },
      regionOf: ({ region }) => region,
    };
  },
};
