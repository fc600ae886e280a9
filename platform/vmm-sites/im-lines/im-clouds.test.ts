import { describe, expect, it } from 'vitest';
import { parseAuthLines } from './auth-lines.ts';
import { cloudOfLine, namedLines } from './cloud-of-line.ts';
import { imClouds } from './im-clouds.ts';

/** What a file with that one line becomes. */
function cloudOf(text: string) {
  const [line] = parseAuthLines(text);
  return line && cloudOfLine(imClouds, line);
}
const keystone = 'https://ost.example.org:5000';
const openstack = (rest: string) => cloudOf(`id = ost; type = OpenStack; host = ${keystone}; ${rest}`);

describe('a line for OpenStack', () => {
  const project = { projectName: 'tests' };
  const forms: Readonly<Record<string, readonly [string, unknown]>> = {
    'as most are': [
      'username = ana; password = pw; tenant = tests',
      { username: 'ana', password: 'pw', ...project },
    ],
    'with version 3, domains and a region': [
      'username = ana; password = pw; project = tests; domain = lab; tenant_domain_id = d1; auth_version = 3.x_password; service_region = North',
      {
        username: 'ana',
        password: 'pw',
        ...project,
        userDomainName: 'lab',
        projectDomainId: 'd1',
        region: 'North',
      },
    ],
    'with the version that ended, as it is the default there': [
      'username = ana; password = pw; tenant = tests; auth_version = 2.0_password; region = South',
      { username: 'ana', password: 'pw', ...project, region: 'South' },
    ],
    'with an application credential': [
      'username = id1; password = secret; auth_version = 3.x_appcred',
      { applicationCredentialId: 'id1', applicationCredentialSecret: 'secret' },
    ],
    'with a token': ['auth_token = t0ken; tenant = tests', { token: 't0ken', ...project }],
  };
  it.each(Object.entries(forms))('%s is a cloud', (_form, [text, credentials]) => {
    expect(openstack(text)).toEqual({ product: 'openstack', endpoint: keystone, credentials });
  });

  it('that the driver has no way for says so, and what to do', () => {
    const oidc = openstack(
      'username = egi.eu; tenant = openid; password = x; auth_version = 3.x_oidc_access_token',
    );
    expect(oidc).toMatchObject({ because: expect.stringContaining('make an application credential') });
    expect(openstack('proxy = x; auth_version = 2.0_voms')).toMatchObject({
      because: expect.stringContaining('3.x_appcred'),
    });
    expect(openstack('auth_version = tops3cret')).toEqual({
      because: expect.not.stringContaining('tops3cret'),
    });
    expect(cloudOf('type = OpenStack; username = ana')).toMatchObject({
      because: expect.stringContaining('no host'),
    });
  });
});

describe('a line for another type', () => {
  const forms: readonly (readonly [string, unknown])[] = [
    [
      'type = EC2; username = AKIA0000000000000000; password = sk',
      {
        product: 'ec2',
        credentials: { accessKeyId: 'AKIA0000000000000000', secretAccessKey: 'sk', region: 'us-east-1' },
      },
    ],
    [
      'type = EC2; username = ASIA; password = sk; token = st; region = eu-west-1; host = https://ec2.example.org',
      {
        product: 'ec2',
        endpoint: 'https://ec2.example.org',
        credentials: { accessKeyId: 'ASIA', secretAccessKey: 'sk', sessionToken: 'st', region: 'eu-west-1' },
      },
    ],
    [
      'type = OpenNebula; host = one.example.org:2633; username = ana; password = pw',
      {
        product: 'opennebula',
        endpoint: 'one.example.org:2633',
        credentials: { username: 'ana', password: 'pw' },
      },
    ],
    [
      'type = OpenNebula; host = one.example.org:2633; username = ana; token = t',
      {
        product: 'opennebula',
        endpoint: 'one.example.org:2633',
        credentials: { username: 'ana', token: 't' },
      },
    ],
    [
      "type = LibVirt; host = qemu+ssh://ana@kvm.example.org/system; private_key = 'a\\nb'; host_key = ssh-ed25519 AAAA",
      {
        product: 'libvirt',
        endpoint: 'qemu+ssh://ana@kvm.example.org/system',
        credentials: { sshPrivateKey: 'a\nb', sshHostKey: 'ssh-ed25519 AAAA' },
      },
    ],
    [
      'type = Dummy; host = http://127.0.0.1:8077; token = t',
      { product: 'simulated', endpoint: 'http://127.0.0.1:8077', credentials: { token: 't' } },
    ],
    ['type = Dummy', { because: 'its line has no host: the address of a VM manager simulator' }],
    ['type = OpenNebula', { because: 'its line has no host' }],
    ['type = LibVirt', { because: 'its line has no host, such as qemu+ssh://USER@HOST/system' }],
    ['type = Azure', { because: 'this platform has no driver for that type' }],
  ];
  it.each(forms)('%s', (text, expected) => expect(cloudOf(text)).toEqual(expected));
});

it('lines without an id are named by their type and number', () => {
  const text = 'type = EC2\\nid = My_Cloud; type = EC2\\ntype = EC2';
  expect(namedLines(parseAuthLines(text)).map(({ name }) => name)).toEqual(['ec2', 'my-cloud', 'ec2-2']);
});
