export { type Ec2Credentials, ec2Credentials } from './credentials.ts';
export { type Ec2VmmOptions, createEc2Vmm } from './ec2-vmm.ts';
