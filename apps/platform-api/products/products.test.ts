import { isPlatformError } from '@trencadis/errors';
import { createMemoryAuditLog } from '@trencadis/audit';
import { systemClock as clock } from '@trencadis/clock';
import { parseSealingKey } from '@trencadis/sealing';
import { createMemorySiteStore, createVmmSites } from '@trencadis/vmm-sites';
import { type AuthLine, cloudOfLine, imClouds, parseAuthLines } from '@trencadis/vmm-sites/im-lines';
import { describe, expect, it } from 'vitest';
import { products } from './index.ts';

const sites = createVmmSites({
  store: createMemorySiteStore(),
  products,
  fixed: [],
  sealingKey: parseSealingKey(Buffer.alloc(32, 7).toString('base64url')),
  audit: createMemoryAuditLog(clock),
  clock,
  usedBy: async () => [],
});
const endpoints: Readonly<Record<string, string>> = {
  libvirt: 'qemu+ssh://ana@kvm.example.org/system',
  openstack: 'https://keystone.example.org:5000',
  opennebula: 'one.example.org:2633',
  simulated: 'http://127.0.0.1:1',
};
const orderFor = (product: string) => ({ name: 'lab', product, endpoint: endpoints[product] });

/** What is said of credentials that lack everything. */
async function complaintOf(product: string, credentials: unknown): Promise<string> {
  try {
    await sites.judge('ana', { ...orderFor(product), credentials });
    return '';
  } catch (error) {
    if (isPlatformError(error, 'invalid-argument')) return error.message;
    throw error;
  }
}

describe('a product', () => {
  it('of libvirt says what it needs over SSH', async () => {
    expect(await complaintOf('libvirt', {})).toContain('needs sshPrivateKey and sshHostKey');
  });

  it('says that its endpoint is none that it can use', async () => {
    for (const [product, endpoint] of [
      ['libvirt', 'qemu+tcp://kvm.example.org/system'],
      ['opennebula', 'ftp://one'],
    ] as const) {
      const login = { username: 'ana', password: 'pw' };
      const credentials = product === 'libvirt' ? {} : login;
      const judged = sites.judge('platform', { name: 'lab', product, endpoint, credentials });
      await expect(judged).rejects.toMatchObject({ code: 'invalid-argument' });
    }
  });

  it.each(products.filter(({ name }) => name !== 'libvirt'))(
    '$name says which credentials it lacks, and repeats none that are wrong',
    async ({ name }) => {
      const lacking = await complaintOf(name, {});
      expect(lacking).toContain(`product '${name}'`);
      expect(lacking).not.toContain('endpoint');
      const wrong = { password: ['tops3cret'], token: ['tops3cret'], region: 'tops3cret', tops3cret: 1 };
      const complaint = await complaintOf(name, wrong);
      expect(complaint).not.toBe('');
      expect(complaint).not.toContain('tops3cret');
    },
  );

  const lines: readonly string[] = [
    'type = OpenStack; host = https://k:5000; username = ana; password = pw; tenant = t; domain = d; auth_version = 3.x_password',
    'type = OpenStack; host = https://k:5000; username = id; password = secret; auth_version = 3.x_appcred',
    'type = EC2; username = AKIA0000000000000000; password = sk; token = st',
    'type = OpenNebula; host = one:2633; username = ana; password = pw',
    'type = OpenNebula; host = one:2633; username = ana; token = t',
    "type = LibVirt; host = qemu+ssh://ana@kvm/system; private_key = 'k'; host_key = ssh-ed25519 AAAA",
    'type = Dummy; host = http://127.0.0.1:8077; token = t',
  ];
  it.each(lines)('takes what a line of IM’s becomes: %s', async (text) => {
    const line = parseAuthLines(text)[0] as AuthLine;
    const cloud = cloudOfLine(imClouds, line);
    if ('because' in cloud) throw new Error(cloud.because);
    expect(await sites.judge('ana', { name: 'lab', ...cloud })).toMatchObject({ change: 'added' });
  });
});
