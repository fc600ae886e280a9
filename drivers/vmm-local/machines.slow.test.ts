import { readFile } from 'node:fs/promises';
import { pollUntil, systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { layoutOf } from './layout.ts';
import { leaderOf } from './power.ts';
import { MachineLab } from './testing/machine-lab.ts';

const signal = new AbortController().signal;
let lab: MachineLab;

beforeAll(async () => {
  lab = await MachineLab.open();
});
afterEach(async () => {
  await lab.sweep();
  await lab.expectNothingLeft();
});
afterAll(() => lab.close());

describe('a local machine', () => {
  it('boots its own systemd and lets in only who holds the key, behind the declared host key', async () => {
    const spec = lab.spec('front', { hostName: 'front.example', interfaces: [await lab.network('in')] });
    const vm = await lab.driver().createVm(spec, signal);
    expect(await lab.ssh(vm, 'hostname; cat /proc/1/comm; systemctl is-system-running --wait')).toBe(
      'front.example\nsystemd\nrunning',
    );
    const sshd = (await lab.ssh(vm, 'sshd -T')).split('\n');
    expect(sshd).toContain('passwordauthentication no');
    expect(sshd.filter((line) => line.startsWith('hostkey '))).toEqual([
      'hostkey /etc/ssh/ssh_host_ed25519_key',
    ]);
    expect(await lab.ssh(vm, 'stat -c %a /etc/ssh/ssh_host_ed25519_key / /etc /root')).toBe(
      '600\n755\n755\n700',
    );
  });

  it('gives a user that is not root sudo without a password, and each machine its own identity', async () => {
    const interfaces = [await lab.network('in')];
    const login = { ...lab.spec('x').login, user: 'trencadis' };
    const [one, two] = await Promise.all(
      ['one', 'two'].map((name) => lab.driver().createVm(lab.spec(name, { login, interfaces }), signal)),
    );
    expect(await lab.ssh(one!, 'id -un; sudo -n id -un')).toBe('trencadis\nroot');
    const identity = 'cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub';
    expect(await lab.ssh(one!, identity)).not.toBe(await lab.ssh(two!, identity));
  });

  it('reaches its peers on each network by the address given, and no other private network', async () => {
    const [outer, inner, other] = [
      await lab.network('out', 'public'),
      await lab.network('in'),
      await lab.network('apart'),
    ];
    const front = await lab.driver().createVm(lab.spec('front', { interfaces: [outer, inner] }), signal);
    const back = await lab.driver().createVm(lab.spec('back', { interfaces: [inner] }), signal);
    const lone = await lab.driver().createVm(lab.spec('lone', { interfaces: [other] }), signal);
    expect(front.ssh?.host).toBe(front.addresses[0]?.address);
    await lab.ssh(back, 'true');
    await lab.ssh(lone, 'true');
    const greet = (address = '') =>
      `timeout 3 bash -c 'read -r line < /dev/tcp/${address}/22 && echo "$line"' 2>/dev/null || echo closed`;
    expect(await lab.ssh(front, greet(back.addresses[0]?.address))).toMatch(/^SSH-2\.0/);
    expect(await lab.ssh(back, greet(front.addresses[1]?.address))).toMatch(/^SSH-2\.0/);
    expect(await lab.ssh(front, greet(lone.addresses[0]?.address))).toBe('closed');
    expect(await lab.ssh(front, 'ls /sys/class/net; ip -br route show default')).toMatch(
      /^eth0\neth1\nlo\ndefault via 10\.205\.\d+\.1/,
    );
  });

  it('leads a mapped port to another of the machine, until it is mapped no more', async () => {
    const driver = lab.driver();
    const { networks } = driver;
    const name = brandId('NetworkName', 'mapped');
    const spec = { name, tag: lab.tag, kind: 'public' } as const;
    const openPorts = [{ protocol: 'tcp', from: 8022, to: 8022, localPort: 22 } as const];
    await networks.createNetwork({ ...spec, openPorts }, signal);
    const vm = await driver.createVm(lab.spec('behind', { interfaces: [{ network: name }] }), signal);
    await lab.ssh(vm, 'true');
    const greeting = async () => {
      const line = `read -r -t 3 line < /dev/tcp/${vm.addresses[0]?.address}/8022 && echo "$line"`;
      return (await execa('bash', ['-c', line], { reject: false })).stdout;
    };
    expect(await greeting()).toMatch(/^SSH-2\.0/);
    await networks.updateNetwork(spec, signal);
    expect(await greeting()).toBe('');
  });

  it('may use the memory and processors that it was given, and no more', async () => {
    const spec = lab.spec('small', { interfaces: [await lab.network('in')], memoryMiB: 128, cpuCount: 0.5 });
    const vm = await lab.driver().createVm(spec, signal);
    const hog = "head -c 300M /dev/zero | tail -c 300M | wc -c; echo 'alive'";
    expect(await lab.ssh(vm, hog)).toBe('0\nalive');
    expect(await lab.ssh(vm, 'head -c 20M /dev/zero | tail -c 20M | wc -c')).toBe('20971520');
    await lab.ssh(vm, 'timeout 1 sh -c "while :; do :; done" || true');
    expect(await throttledPeriods('small')).toBeGreaterThan(0);
  });

  it('leaves its disk, with its content, to the next machine, and cannot overfill it', async () => {
    const disks = [{ disk: await lab.disk('data'), mountPath: '/srv/data' }];
    const interfaces = [await lab.network('in')];
    const first = await lab.driver().createVm(lab.spec('first', { disks, interfaces }), signal);
    await lab.ssh(first, 'echo kept > /srv/data/note; echo root-kept > /root/note');
    const full = 'fallocate -l 2G /srv/data/too-much 2>&1; rm -f /srv/data/too-much';
    expect(await lab.ssh(first, full)).toMatch(/No space left/);
    await lab.driver().stopVm(first.name, signal);
    await lab.driver().startVm(first.name, signal);
    expect(await lab.ssh(first, 'cat /root/note')).toBe('root-kept');
    await lab.driver().deleteVm(first.name, signal);
    const second = await lab.driver().createVm(lab.spec('second', { disks, interfaces }), signal);
    expect(await lab.ssh(second, 'cat /srv/data/note; ls /root/note 2>/dev/null')).toBe('kept');
  });

  it('is stopped after it powered itself off, and comes back from its own reboot', async () => {
    const spec = lab.spec('self', { interfaces: [await lab.network('in')] });
    const vm = await lab.driver().createVm(spec, signal);
    await lab.ssh(vm, 'true');
    const leader = await leaderOf(layoutOf(lab.directory).machine(vm.name).kernelName);
    await lab.ssh(vm, 'systemctl reboot');
    await until(async () => {
      const next = await leaderOf(layoutOf(lab.directory).machine(vm.name).kernelName);
      return next !== undefined && next !== leader;
    });
    expect(await lab.ssh(vm, 'systemctl poweroff; hostname')).toBe('self');
    await until(async () => (await lab.driver().describeVm(vm.name, signal))?.status === 'stopped');
    await lab.driver().startVm(vm.name, signal);
    expect(await lab.ssh(vm, 'hostname')).toBe('self');
  });
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const probe = async () => ((await isTrue()) ? true : undefined);
  const seen = await pollUntil(probe, { clock: systemClock, everyMs: 50, deadlineMs: 20_000 });
  expect(seen).toBe(true);
}

async function throttledPeriods(name: string): Promise<number> {
  const group = layoutOf(lab.directory).machine(lab.spec(name).name).kernelName;
  const files = ['cpu', 'cpu,cpuacct', ''].map(
    (tree) => `/sys/fs/cgroup/${tree}/trencadis/${group}/cpu.stat`,
  );
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return Math.max(...texts.map((text) => Number(/nr_throttled (\d+)/.exec(text)?.[1] ?? 0)));
}
