import { describe, expect, it } from 'vitest';
import { minDiskGiBOf, operatingSystemOf } from './image-facts.ts';

describe('an AMI tells its operating system by its name', () => {
  it.each([
    ['debian-12-amd64-20250530-2128', 'debian', '12'],
    ['debian-13-arm64-20250814-2204', 'debian', '13'],
    ['ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20250610', 'ubuntu', '24.04'],
    ['al2023-ami-2023.7.20250609.0-kernel-6.1-x86_64', 'amazon-linux', '2023'],
    ['amzn2-ami-kernel-5.10-hvm-2.0.20250610.0-x86_64-gp2', 'amazon-linux', '2'],
    ['RHEL-9.6.0_HVM-20250618-x86_64-0-Hourly2-GP3', 'rhel', '9.6'],
    ['Rocky-9-EC2-Base-9.6-20250531.0.x86_64', 'rocky', '9'],
    ['AlmaLinux OS 9.6.20250522 x86_64', 'almalinux', '9'],
    ['suse-sles-15-sp6-v20250610-hvm-ssd-x86_64', 'suse', '15'],
  ])('%s is %s %s', (Name, flavour, version) => {
    expect(operatingSystemOf({ Name, PlatformDetails: 'Linux/UNIX' })).toEqual({
      name: 'linux',
      flavour,
      version,
    });
  });

  it('says Windows where it is paid for, and nothing where nothing is known', () => {
    const Name = 'Windows_Server-2022-English-Full-Base-2025.06.11';
    expect(operatingSystemOf({ Name, PlatformDetails: 'Windows' })).toMatchObject({
      name: 'windows',
      version: '2022',
    });
    expect(operatingSystemOf({ Name: 'our-appliance', PlatformDetails: 'Linux/UNIX' })).toBeUndefined();
    expect(operatingSystemOf({})).toBeUndefined();
  });

  it('needs a disk of its root volume', () => {
    const BlockDeviceMappings = [
      { DeviceName: '/dev/sdb', Ebs: { VolumeSize: 100 } },
      { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8 } },
    ];
    expect(minDiskGiBOf({ RootDeviceName: '/dev/xvda', BlockDeviceMappings })).toBe(8);
    expect(minDiskGiBOf({})).toBeUndefined();
  });
});
