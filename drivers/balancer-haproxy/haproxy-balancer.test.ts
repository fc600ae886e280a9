import { createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { systemClock } from '@trencadis/clock';
import { expect, it } from 'vitest';
import { createHaproxyBalancer } from './haproxy-balancer.ts';
import { paths } from './paths.ts';
import { SimulatedHost } from './testing/simulated-host.ts';
import { exampleMember, exampleSpec, tag } from './testing/example-record.ts';

const signal = new AbortController().signal;
const spec = exampleSpec({ virtualAddress: '10.0.0.200' });

function pair() {
  const hosts = [
    new SimulatedHost('balancer-1', '10.0.0.10'),
    new SimulatedHost('balancer-2', '10.0.0.11'),
  ] as const;
  return { hosts, driver: createHaproxyBalancer({ hosts, clock: systemClock }) };
}

it('keeps two hosts alike, each with the other as its peer', async () => {
  const { hosts, driver } = pair();
  const made = await driver.applyBalancer(spec, signal);
  expect(made.addresses).toEqual(['10.0.0.200', '10.0.0.10', '10.0.0.11']);
  expect(hosts[0].files.get(paths.record)).toBe(hosts[1].files.get(paths.record));
  const [first, second] = hosts.map(({ files }) => files.get(paths.keepalived) ?? '');
  expect(first).toMatch(/unicast_src_ip 10\.0\.0\.10\n {2}unicast_peer \{\n {4}10\.0\.0\.11\n/);
  expect(second).toMatch(/unicast_src_ip 10\.0\.0\.11\n {2}unicast_peer \{\n {4}10\.0\.0\.10\n/);
  expect(first).toContain('10.0.0.200 dev host0');
});

it('does nothing where all is as asked for', async () => {
  const { hosts, driver } = pair();
  await driver.applyBalancer(spec, signal);
  const before = hosts.map(({ commitCount }) => commitCount);
  await driver.applyBalancer(spec, signal);
  await driver.describeBalancer('portal', signal);
  await driver.listBalancers(tag, signal);
  expect(hosts.map(({ commitCount }) => commitCount)).toEqual(before);
});

it('goes on with the host that answers, and catches the other one up', async () => {
  const { hosts, driver } = pair();
  await driver.applyBalancer(spec, signal);
  hosts[1].isSilent = true;
  const moved = { ...spec, frontends: [{ ...spec.frontends[0]!, port: 81 }] };
  expect((await driver.applyBalancer(moved, signal)).frontends[0]?.port).toBe(81);
  hosts[1].isSilent = false;
  await expect
    .poll(async () => {
      await driver.describeBalancer('portal', signal);
      return hosts[1].files.get(paths.config);
    })
    .toBe(hosts[0].files.get(paths.config));
});

it('fills a host that was made anew, whoever asks', async () => {
  const { hosts, driver } = pair();
  await driver.applyBalancer(spec, signal);
  hosts[0].files.clear();
  expect(await createHaproxyBalancer({ hosts, clock: systemClock }).listBalancers(tag, signal)).toHaveLength(
    1,
  );
  expect(hosts[0].files.get(paths.record)).toBe(hosts[1].files.get(paths.record));
  await driver.deleteBalancer('portal', signal);
  expect(hosts.map(({ files }) => files.size)).toEqual([0, 0]);
});

it('makes its change to what another process made meanwhile', async () => {
  const { hosts, driver } = pair();
  await driver.applyBalancer(spec, signal);
  const other = createHaproxyBalancer({ hosts, clock: systemClock });
  let others: Promise<unknown> | undefined;
  hosts[0].meanwhile = () => {
    hosts[0].meanwhile = () => undefined;
    others = other.applyBalancer(
      exampleSpec({ name: 'second', frontends: [{ ...spec.frontends[0]!, port: 81 }] }),
      signal,
    );
  };
  const third = exampleSpec({ name: 'third', frontends: [{ ...spec.frontends[0]!, port: 82 }] });
  await driver.applyBalancer(third, signal);
  await others;
  const names = (await driver.listBalancers(tag, signal)).map(({ name }) => name);
  expect(names.toSorted()).toEqual(['portal', 'second', 'third']);
});

it.each([
  [{ code: 69, stderr: ' haproxy socat\n' }, 'unsupported', /lacks haproxy socat/],
  [{ code: 75, stderr: '' }, 'unavailable', /another process/],
  [
    {
      code: 70,
      stderr: 'Binding for frontend portal.web: cannot bind socket (Address already in use) for [:80]',
    },
    'conflict',
    /:80 already/,
  ],
  [{ code: 70, stderr: 'killed' }, 'unavailable', /does not come up/],
  [{ code: 65, stderr: "unknown keyword 'x'" }, 'internal', /refuses its configuration/],
  [{ code: 1, stderr: 'No space left on device' }, 'unavailable', /No space left/],
] as const)('says what a host fails with: %o', async (exit, code, message) => {
  const { hosts, driver } = pair();
  for (const host of hosts) host.exit = exit;
  const applied = driver.applyBalancer(spec, signal);
  await expect(applied).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
});

it('is unavailable only where no host answers', async () => {
  const { hosts, driver } = pair();
  for (const host of hosts) host.isSilent = true;
  await expect(driver.applyBalancer(spec, signal)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(driver.describeBalancer('portal', signal)).rejects.toMatchObject({ code: 'unavailable' });
});

it('refuses two balancers at one port, and what is not there', async () => {
  const { driver } = pair();
  await driver.applyBalancer(spec, signal);
  const second = driver.applyBalancer(exampleSpec({ name: 'second' }), signal);
  await expect(second).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('port 80') as string,
  });
  await expect(driver.addMember('absent', exampleMember('one'), signal)).rejects.toMatchObject({
    code: 'not-found',
  });
});

it('never writes a private key into the record or an argument', async () => {
  const { hosts, driver } = pair();
  const authority = await createAuthority({ commonName: 'Test', clock: systemClock });
  const names = { dnsNames: ['portal.example'], ipAddresses: [] };
  const certificate = await issueServerCertificate({ authority, clock: systemClock, days: 1, ...names });
  const frontends = [{ ...spec.frontends[0]!, protocol: 'https' as const, certificate }];
  await driver.applyBalancer({ ...spec, frontends }, signal);
  const [, secret = ''] = certificate.privateKeyPem.split('\n');
  for (const { files, words } of hosts) {
    expect([...files].filter(([, text]) => text.includes(secret)).map(([path]) => path)).toEqual([
      `${paths.certificates}/portal.web.pem`,
    ]);
    expect(words.filter((word) => word.includes(secret))).toEqual([]);
  }
});

it('replaces a certificate without a reload, and takes it from the other host where it is lacking', async () => {
  const { hosts, driver } = pair();
  const authority = await createAuthority({ commonName: 'Test', clock: systemClock });
  const names = { dnsNames: ['portal.example'], ipAddresses: [] };
  const issue = () => issueServerCertificate({ authority, clock: systemClock, days: 1, ...names });
  const secured = (certificate: Awaited<ReturnType<typeof issue>>) => ({
    ...spec,
    frontends: [{ ...spec.frontends[0]!, protocol: 'https' as const, certificate }],
  });
  await driver.applyBalancer(secured(await issue()), signal);
  const second = await issue();
  for (const host of hosts) host.words.length = 0;
  await driver.applyBalancer(secured(second), signal);
  expect(hosts.flatMap(({ words }) => words)).not.toContain('reload');
  hosts[1].files.clear();
  await createHaproxyBalancer({ hosts, clock: systemClock }).describeBalancer('portal', signal);
  const path = `${paths.certificates}/portal.web.pem`;
  expect(hosts[1].files.get(path)).toBe(hosts[0].files.get(path));
  expect(hosts[1].files.get(path)).toContain(second.privateKeyPem.split('\n')[1]);
});
