import type { Image } from '@aws-sdk/client-ec2';
import type { BootableImage } from '@trencadis/vmm';

type OperatingSystem = NonNullable<BootableImage['operatingSystem']>;

/**
 * By the names under which their makers publish. Amazon has no field for it: `PlatformDetails` tells only what is paid
 * for (Linux/UNIX, Red Hat Enterprise Linux, SUSE Linux, Windows).
 */
const makers: readonly (readonly [RegExp, string])[] = [
  [/\bdebian-(?<version>\d+)/, 'debian'],
  [/\bubuntu\b.*?(?<version>\d\d\.\d\d)/, 'ubuntu'],
  [/^al(?<version>2023)-/, 'amazon-linux'],
  [/^amzn(?<version>\d)-/, 'amazon-linux'],
  [/^rhel-(?<version>\d+(?:\.\d+)?)/, 'rhel'],
  [/\brocky-(?:linux-)?(?<version>\d+)/, 'rocky'],
  [/^almalinux[ -](?:os[ -])?(?<version>\d+)/, 'almalinux'],
  [/^centos(?:[ -](?:linux|stream))?[ -](?<version>\d+)/, 'centos'],
  [/^fedora-(?:cloud-base-)?.*?(?<version>\d{2,3})/, 'fedora'],
  [/^(?:opensuse-leap|suse-sles)-(?<version>\d+(?:[.-]\d+)?)/, 'suse'],
];

/** What can be told of an AMI's operating system; `undefined`: nothing. */
export function operatingSystemOf(
  image: Pick<Image, 'Name' | 'PlatformDetails'>,
): OperatingSystem | undefined {
  const name = (image.Name ?? '').toLowerCase();
  for (const [pattern, flavour] of makers) {
    const version = pattern.exec(name)?.groups?.['version'];
    if (version !== undefined) return { name: 'linux', flavour, version: version.replace('-', '.') };
  }
  if (/windows/i.test(image.PlatformDetails ?? '')) {
    const version = /windows_server-(\d{4})/.exec(name)?.[1] ?? '';
    return { name: 'windows', flavour: 'windows', version };
  }
  return undefined;
}

/** Size of the root volume that it needs at least. */
export function minDiskGiBOf({ RootDeviceName, BlockDeviceMappings = [] }: Image): number | undefined {
  return BlockDeviceMappings.find(({ DeviceName }) => DeviceName === RootDeviceName)?.Ebs?.VolumeSize;
}
