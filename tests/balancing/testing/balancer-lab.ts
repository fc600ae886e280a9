import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BalancerHost } from '@trencadis/availability';
import { pollUntil, systemClock } from '@trencadis/clock';
import { stateDirectory } from '@trencadis/config';
import type { RemoteShell, ShellEndpoint } from '@trencadis/contextualization';
import { isPlatformError } from '@trencadis/errors';
import { type NetworkName, type VmName, brandId } from '@trencadis/ids';
import { buildImage, loadRecipe } from '@trencadis/images';
import { createSshShellDriver } from '@trencadis/remote-shell-ssh';
import type { ImageReference } from '@trencadis/vmm';
import { createLocalVmm } from '@trencadis/vmm-local';

const never = new AbortController().signal;
const tag = brandId('Tag', 'balancing');
const bootMs = 60_000;

/** Real machines of the image for balancers, on a network of their own that this host is part of. */
export class BalancerLab {
  readonly hosts: readonly LabHost[];
  /** Of this host, where its machines reach it. */
  readonly gateway: string;
  readonly #dispose: () => Promise<void>;

  constructor(hosts: readonly LabHost[], gateway: string, dispose: () => Promise<void>) {
    this.hosts = hosts;
    this.gateway = gateway;
    this.#dispose = dispose;
  }

  static async open(hostCount: number): Promise<BalancerLab> {
    const directory = await mkdtemp(join(tmpdir(), 'trencadis-balancing-'));
    const vmm = createLocalVmm({ directory, addressPool: '10.207.0.0/16' });
    const network = brandId('NetworkName', 'balancing-net');
    const names = Array.from({ length: hostCount }, (_, index) => brandId('VmName', `balancer-${index + 1}`));
    const dispose = async (): Promise<void> => {
      for (const name of names) await vmm.deleteVm(name, never);
      await vmm.networks.deleteNetwork(network, never);
      await rm(directory, { recursive: true });
    };
    try {
      await vmm.networks.createNetwork({ name: network, tag, kind: 'private' }, never);
      const image = await balancerImage();
      const keys = await makeKey(directory);
      const hosts = names.map((name) => new LabHost({ vmm, name, network, image, keys }));
      await Promise.all(hosts.map((host) => host.boot()));
      const gateway = hosts[0]!.address.replace(/\.\d+$/, '.1');
      return new BalancerLab(hosts, gateway, dispose);
    } catch (error) {
      await dispose();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const host of this.hosts) await host.disconnect();
    await this.#dispose();
  }
}

interface LabHostParts {
  readonly vmm: ReturnType<typeof createLocalVmm>;
  readonly name: VmName;
  readonly network: NetworkName;
  readonly image: ImageReference;
  readonly keys: { readonly privateKey: string; readonly publicKey: string };
}

/** One machine, which can be killed, lost and made anew. */
export class LabHost implements BalancerHost {
  readonly name: VmName;
  address = '';
  readonly #parts: LabHostParts;
  #endpoint: ShellEndpoint | undefined;
  #shell: Promise<RemoteShell> | undefined;

  constructor(parts: LabHostParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  async boot(): Promise<void> {
    const { vmm, name, network, image, keys } = this.#parts;
    const spec = { name, tag, hostName: name, image, cpuCount: 1, memoryMiB: 512, disks: [] };
    const wanted = this.address === '' ? { network } : { network, address: this.address };
    const login = { user: 'ops', authorizedKey: keys.publicKey };
    const vm = await vmm.createVm({ ...spec, interfaces: [wanted], login }, never);
    this.address = vm.addresses[0]!.address;
    this.#endpoint = { ...vm.ssh!, privateKey: keys.privateKey, hostKeys: vm.hostKeys };
    await this.untilReachable();
  }

  /** Kept and shared, opened again once it is lost. */
  async shell(signal: AbortSignal): Promise<RemoteShell> {
    signal.throwIfAborted();
    const endpoint = this.#endpoint;
    if (endpoint === undefined) throw new Error(`${this.name} was not booted.`);
    this.#shell ??= createSshShellDriver({ connectTimeoutMs: 2000, keepaliveMs: 1000 }).connect(
      endpoint,
      never,
    );
    try {
      const shell = await this.#shell;
      return {
        ...shell,
        run: async (argv, options) =>
          await shell.run(argv, options).catch((error: unknown) => this.#lose(error)),
      };
    } catch (error) {
      return this.#lose(error);
    }
  }

  #lose(error: unknown): never {
    if (isPlatformError(error, 'unavailable')) this.#shell = undefined;
    throw error;
  }

  /** Runs a script as root; answers its output, whatever its exit code. */
  async script(text: string): Promise<string> {
    const shell = await this.shell(never);
    const { stdout, stderr } = await shell.run(['sudo', '-n', 'sh', '-c', text], {
      signal: never,
      timeoutMs: 60_000,
    });
    return stdout + stderr;
  }

  async untilReachable(): Promise<void> {
    const attempt = async (): Promise<true | undefined> => {
      try {
        await this.script('true');
        return true;
      } catch (error) {
        if (isPlatformError(error, 'unavailable')) return undefined;
        throw error;
      }
    };
    const reached = await pollUntil(attempt, { clock: systemClock, everyMs: 100, deadlineMs: bootMs });
    if (!reached) throw new Error(`${this.name} did not answer within ${bootMs / 1000} s.`);
  }

  /** Nobody hears of it any more, without a goodbye: as if its power failed. Only `powerOff` may follow. */
  async cutOff(): Promise<void> {
    const links = "$(ip -o -4 address show scope global | awk '{print $2}' | sort -u)";
    await this.script(
      `for link in ${links}; do setsid sh -c "sleep 0.2; ip link set $link down" >/dev/null 2>&1 & done`,
    );
  }

  async powerOff(): Promise<void> {
    await this.#parts.vmm.stopVm(this.name, never);
  }

  async powerOn(): Promise<void> {
    await this.#parts.vmm.startVm(this.name, never);
    await this.untilReachable();
  }

  /** Made anew, with nothing of before but its name and address. */
  async rebuild(): Promise<void> {
    await this.#parts.vmm.deleteVm(this.name, never);
    this.#shell = undefined;
    await this.boot();
  }

  async disconnect(): Promise<void> {
    const shell = await this.#shell?.catch(() => undefined);
    await shell?.close();
  }
}

async function balancerImage(): Promise<ImageReference> {
  const directory = join(stateDirectory(), 'images');
  const { rootfs, digest } = await buildImage(await loadRecipe('load-balancer'), { directory });
  return { location: rootfs, digest };
}

async function makeKey(directory: string): Promise<LabHostParts['keys']> {
  const path = join(directory, 'login');
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path]);
  const [privateKey, publicKey] = await Promise.all([
    readFile(path, 'utf8'),
    readFile(`${path}.pub`, 'utf8'),
  ]);
  return { privateKey, publicKey: publicKey.trim() };
}
