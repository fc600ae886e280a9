import { invalid, unsupported } from '@trencadis/aws-client';
import type { VmSpec } from '@trencadis/vmm';
import type { Account } from './account.ts';
import { maxTagLength } from './tags.ts';
import { sizesOf } from './type-sizes.ts';

/** Leaves room for the volume's id and the disk's place in the same tag. */
const maxMountPathLength = 220;

/** What Amazon would not refuse, or only once something is made. */
export async function checkVmSpec(account: Account, spec: VmSpec): Promise<string> {
  const { name, image, disks, login } = spec;
  const longPath = disks.find(({ mountPath }) => mountPath.length > maxMountPathLength);
  if (longPath !== undefined) {
    throw invalid(
      `The mount path of the disk ${longPath.disk} has more than ${maxMountPathLength} characters: shorten it.`,
      name,
    );
  }
  if (image.location.length > maxTagLength || login.user.length > maxTagLength) {
    throw invalid(
      `The image or the login of ${name} has more than ${maxTagLength} characters: shorten it.`,
      name,
    );
  }
  const networks = spec.interfaces.map(({ network }) => network);
  if (new Set(networks).size < networks.length) {
    throw unsupported(`The VM ${name} has two interfaces on one network: at Amazon EC2 give it one.`, name);
  }
  return checkInstanceType(account, spec);
}

/** Answers the instance type, which has to have the spec's size: what is told of the VM later is the type's. */
export async function checkInstanceType(account: Account, spec: VmSpec): Promise<string> {
  const { name, instanceType, cpuCount, memoryMiB } = spec;
  if (instanceType === undefined) {
    throw invalid(`The VM ${name} has no instance type: at Amazon EC2 it needs one, such as t3.small.`, name);
  }
  const size = (await sizesOf(account, [instanceType])).get(instanceType);
  if (size === undefined) {
    throw invalid(`There is no instance type ${instanceType} in ${account.site.credentials.region}.`, name);
  }
  if (size.cpuCount === cpuCount && size.memoryMiB === memoryMiB) return instanceType;
  throw invalid(
    `The VM ${name} asks for ${cpuCount} CPUs and ${memoryMiB} MiB, and ${instanceType} has ${size.cpuCount} and ${size.memoryMiB}: take the type's size.`,
    name,
  );
}
