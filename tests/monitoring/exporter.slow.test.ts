import { createAuthority } from '@trencadis/certificates';
import { pollUntil, systemClock } from '@trencadis/clock';
import type { RemoteShell } from '@trencadis/contextualization';
import { type VmName, brandId, newSecretText } from '@trencadis/ids';
import {
  type Collector,
  type ExporterOptions,
  type ProbeTarget,
  type ScrapeTarget,
  createCollector,
  installExporter,
  probe,
  probeThrough,
} from '@trencadis/monitoring';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, startMachine } from '../contextualization/testing/start-machine.ts';

const never = new AbortController().signal;
const password = newSecretText();
/** Of `startMachine`. */
const size = { cpuCount: 1, memoryMiB: 1024 };

const exporterOf = ({ name, address, context }: Machine): ExporterOptions => {
  const { certificatePem, privateKeyPem } = context.certificate;
  return { vm: brandId('VmName', name), address, certificatePem, privateKeyPem, password };
};
const targetOf = (
  { name, address, context }: Machine,
  changes: Partial<ScrapeTarget> = {},
): ScrapeTarget => ({
  vm: brandId('VmName', name),
  address,
  authorityPem: context.certificate.authorityPem,
  password,
  ...size,
  ...changes,
});
const processes = 'systemctl show --property=MainPID prometheus-node-exporter trencadis-machine-use';

describe('the exporter of figures on machines', () => {
  let busy: Machine;
  let idle: Machine;
  let shell: RemoteShell;
  let collector: Collector;

  beforeAll(async () => {
    busy = await startMachine('mon-busy', 'base-toolkits', 'root');
    // This login becomes root by sudo.
    idle = await startMachine('mon-idle', 'base-toolkits', 'admin');
    collector = createCollector({ clock: systemClock });
    shell = await busy.connect();
    const other = await idle.connect();
    await installExporter(shell, exporterOf(busy), never);
    await installExporter(other, exporterOf(idle), never);
    await other.close();
  });
  afterAll(async () => {
    await collector?.close();
    await shell?.close();
    await idle?.stop();
    await busy?.stop();
  });

  it('listens on the address of its VM alone, its secrets readable by itself alone', async () => {
    expect(await busy.script('ss -Hltn "sport = :9100" | awk \'{print $4}\'')).toBe(`${busy.address}:9100\n`);
    const files =
      'cd /etc/trencadis/exporter; stat -c "%a %U %n" key.pem web.yml; ls -A | grep -c new || true';
    expect(await busy.script(files)).toBe('600 prometheus key.pem\n600 prometheus web.yml\n0\n');
    const places = ['/etc', '/run', '/usr/local', '/var'];
    const options = { signal: never, timeoutMs: 60_000, stdin: password };
    const held = await shell.run(['grep', '-rslFf', '-', ...places], options);
    expect(held.stdout).toBe('');
  });

  it('is neither changed nor restarted when it is set up again, and restarted when it was cut off', async () => {
    const before = await busy.script(processes);
    await installExporter(shell, exporterOf(busy), never);
    expect(await busy.script(processes)).toBe(before);
    await busy.script('rm /etc/trencadis/exporter/applied');
    await installExporter(shell, exporterOf(busy), never);
    expect(await busy.script(processes)).not.toBe(before);
    await collector.scrape(targetOf(busy), never);
  });

  /** Seconds of a processor that the service `burn` has used, and the kernel's uptime, read together. */
  const burnt = async () => {
    const pid = '$(systemctl show --property=MainPID --value burn)';
    const text = await busy.script(`cat /proc/uptime; awk '{print ($14 + $15) / 100}' /proc/${pid}/stat`);
    const [uptime = 0, , used = 0] = text.split(/\s+/).map(Number);
    return { uptime, used };
  };

  // On a host that has nothing else to do, the machine gets its whole processor: more than 80 %.
  it('tells what its own machine has got of its processor, and not what others have', async () => {
    await busy.script('systemd-run --quiet --unit=burn sh -c "while :; do :; done"');
    const cpu = async (machine: Machine) => (await collector.scrape(targetOf(machine), never)).cpu?.value;
    await cpu(busy);
    let before = await burnt();
    const others: number[] = [];
    const told = await pollUntil(
      async () => {
        const [own, now, other] = [await cpu(busy), await burnt(), await cpu(idle)];
        const truth = (100 * (now.used - before.used)) / (now.uptime - before.uptime);
        before = now;
        if (other !== undefined) others.push(other);
        return own !== undefined && others.length > 1 && Math.abs(own - truth) < 10 ? own : undefined;
      },
      { clock: systemClock, everyMs: 8000, deadlineMs: 160_000 },
    );
    await busy.script('systemctl stop burn');
    expect(told).toBeGreaterThan(Math.max(...others));
    expect(Math.min(...others)).toBeLessThan(20);
    const calm = async () => (((await cpu(busy)) ?? 100) < 20 ? true : undefined);
    expect(await pollUntil(calm, { clock: systemClock, everyMs: 3000, deadlineMs: 90_000 })).toBe(true);
  });

  it('tells memory by the limit of its machine, the disk and the network', async () => {
    const used = async () => await collector.scrape(targetOf(busy), never);
    const before = await used();
    const fill = `import time; held = b'x' * (400 << 20); time.sleep(600)`;
    await busy.script(`systemd-run --quiet --unit=fill python3 -c "${fill}"`);
    const grown = await pollUntil(
      async () => ((await used()).memory!.value > before.memory!.value + 30 ? true : undefined),
      { clock: systemClock, everyMs: 1000, deadlineMs: 30_000 },
    );
    await busy.script('systemctl stop fill');
    expect(grown).toBe(true);
    const { disk, network } = await used();
    expect(disk!.value).toBeGreaterThan(0);
    expect(disk!.value).toBeLessThan(100);
    expect(network!.value).toBeGreaterThan(0);
  });

  it('tells the same through a shell', async () => {
    const through = createCollector({ clock: systemClock });
    const samples = await through.scrapeThrough(shell, targetOf(busy), never);
    expect(samples).toMatchObject({
      memory: { value: expect.any(Number) },
      disk: { value: expect.any(Number) },
    });
    await through.close();
  });

  it('refuses a wrong password, and shows a certificate that only its own authority vouches for', async () => {
    const scrape = async (changes: Partial<ScrapeTarget>) => {
      const fresh = createCollector({ clock: systemClock });
      try {
        return await fresh.scrape(targetOf(busy, changes), never);
      } finally {
        await fresh.close();
      }
    };
    await expect(scrape({ password: 'another' })).rejects.toMatchObject({ code: 'unauthenticated' });
    const stranger = await createAuthority({ commonName: 'Stranger', clock: systemClock });
    const message = expect.stringContaining('certificate');
    const refused = { code: 'unavailable', message };
    await expect(scrape({ authorityPem: stranger.certificatePem })).rejects.toMatchObject(refused);
    await expect(scrape({ address: idle.address })).rejects.toMatchObject(refused);
  });

  it('takes a new password', async () => {
    const next = newSecretText();
    await installExporter(shell, { ...exporterOf(busy), password: next }, never);
    await collector.scrape(targetOf(busy, { password: next }), never);
    await expect(collector.scrape(targetOf(busy), never)).rejects.toMatchObject({ code: 'unauthenticated' });
    await installExporter(shell, exporterOf(busy), never);
    await collector.scrape(targetOf(busy), never);
  });

  it('on what is no container tells what its kernel tells of all its CPUs and memory', async () => {
    const detect = '/usr/local/bin/systemd-detect-virt';
    await busy.script(`printf '#!/bin/sh\\nexit 1\\n' > ${detect}; chmod 755 ${detect}`);
    await installExporter(shell, exporterOf(busy), never);
    const whole = createCollector({ clock: systemClock });
    const read = async () => whole.scrape(targetOf(busy), never);
    const { memory } = await read();
    const free = Number(
      await busy.script("awk '/MemTotal/ {t=$2} /MemAvailable/ {print 100 * (1 - $2 / t)}' /proc/meminfo"),
    );
    expect(Math.abs(memory!.value - free)).toBeLessThan(10);
    const cpu = await pollUntil(async () => (await read()).cpu?.value, {
      clock: systemClock,
      everyMs: 1000,
      deadlineMs: 20_000,
    });
    await whole.close();
    expect(cpu).toBeGreaterThan(0);
    expect(cpu).toBeLessThanOrEqual(100);
    await busy.script(`rm ${detect}`);
    await installExporter(shell, exporterOf(busy), never);
  });

  it('is probed, directly and through a shell: without the password it answers 401', async () => {
    const target: ProbeTarget = {
      vm: brandId('VmName', busy.name) satisfies VmName,
      address: busy.address,
      authorityPem: busy.context.certificate.authorityPem,
    };
    const health = {
      ...({ protocol: 'https', port: 9100, path: '/metrics', method: 'GET', status: 401 } as const),
      ...({ intervalMs: 2000, timeoutMs: 1000, fall: 2, rise: 2, graceMs: 0, combine: 'any' } as const),
    };
    expect(await probe(target, health, never)).toMatchObject({ isPassed: true });
    expect(await probeThrough(shell, { target, health }, never)).toMatchObject({ isPassed: true });
  });
});
