import type { AuthLine } from './auth-lines.ts';
import { type CloudOfLine, type CloudTable, type UndrivenLine, given } from './cloud-of-line.ts';
import { openstackOfLine } from './openstack-line.ts';

/** Where the Infrastructure Manager goes when nothing says a region. */
const defaultEc2Region = 'us-east-1';

/** Which of our VM managers a line of the Infrastructure Manager's credentials leads to, by its name of the type. */
export const imClouds: CloudTable = {
  OpenStack: openstackOfLine,
  EC2: ec2OfLine,
  OpenNebula: opennebulaOfLine,
  LibVirt: libvirtOfLine,
  Dummy: dummyOfLine,
};

/** `username` and `password` are the access key's two parts, `token` that of temporary credentials. */
function ec2OfLine({ values }: AuthLine): CloudOfLine {
  const { username, password, token, region, service_region: serviceRegion, host } = values;
  const credentials = given({
    accessKeyId: username,
    secretAccessKey: password,
    sessionToken: token,
    region: region ?? serviceRegion ?? defaultEc2Region,
  });
  return { product: 'ec2', credentials, ...given({ endpoint: host }) };
}

/** `host` is HOST:PORT, a URL as well. */
function opennebulaOfLine({
  values: { host, username, password, token },
}: AuthLine): CloudOfLine | UndrivenLine {
  if (host === undefined) return { because: 'its line has no host' };
  return { product: 'opennebula', endpoint: host, credentials: given({ username, password, token }) };
}

/**
 * Today's Infrastructure Manager has no such type, so the keys are ours: `host` is libvirt's URI, `private_key` opens
 * it over SSH, `host_key` is the public key that the host has.
 */
function libvirtOfLine({ values }: AuthLine): CloudOfLine | UndrivenLine {
  const { host, private_key: sshPrivateKey, host_key: sshHostKey, pool } = values;
  if (host === undefined) return { because: 'its line has no host, such as qemu+ssh://USER@HOST/system' };
  return { product: 'libvirt', endpoint: host, credentials: given({ sshPrivateKey, sshHostKey, pool }) };
}

function dummyOfLine({ values: { host, token, password } }: AuthLine): CloudOfLine | UndrivenLine {
  if (host === undefined) return { because: 'its line has no host: the address of a VM manager simulator' };
  return { product: 'simulated', endpoint: host, credentials: { token: token ?? password ?? '' } };
}
