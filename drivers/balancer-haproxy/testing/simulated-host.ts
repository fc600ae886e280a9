import { X509Certificate } from 'node:crypto';
import type { BalancerHost } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import { sectionMark } from '../host-script.ts';
import { paths } from '../paths.ts';

type Shell = Awaited<ReturnType<BalancerHost['shell']>>;

/** A host that keeps files and answers as the script does, as far as balancers without members go. */
export class SimulatedHost implements BalancerHost {
  readonly name;
  readonly address: string;
  readonly files = new Map<string, string>();
  /** What the next calls fail with, instead of doing anything. */
  exit: { readonly code: number; readonly stderr: string } | undefined;
  isSilent = false;
  /** Called before each commit: what another process does meanwhile. */
  meanwhile: () => void = () => undefined;
  commitCount = 0;
  /** All arguments of all programs. */
  readonly words: string[] = [];
  #shape: string | undefined;

  constructor(name: string, address: string) {
    this.name = brandId('VmName', name);
    this.address = address;
  }

  async shell(): Promise<Shell> {
    if (this.isSilent) throw new PlatformError('unavailable', `${this.name} does not answer.`);
    return { run: async (argv, { stdin }) => this.#run(argv, stdin ?? '') } as Pick<Shell, 'run'> as Shell;
  }

  #run(argv: readonly string[], stdin: string): Awaited<ReturnType<Shell['run']>> {
    this.words.push(...argv);
    if (this.exit !== undefined) return { exitCode: this.exit.code, stdout: '', stderr: this.exit.stderr };
    if (argv.at(-3) === 'cat') return { exitCode: 0, stdout: this.files.get(argv.at(-1)!) ?? '', stderr: '' };
    const words = argv.slice(argv.indexOf('sh', 6) + 1);
    const isCommit = words.includes('commit');
    const refused = isCommit && !this.#commit(words.slice(words.indexOf('commit') + 2), stdin);
    return { exitCode: 0, stdout: `${refused ? `${sectionMark}refused\n` : ''}${this.#look()}`, stderr: '' };
  }

  #commit([expected, control, shape, , , ...files]: readonly string[], stdin: string): boolean {
    this.meanwhile();
    if (this.version !== expected) return false;
    this.commitCount += 1;
    let rest = Buffer.from(stdin);
    for (let index = 0; index < files.length; index += 2) {
      const length = Number(files[index + 1]);
      this.files.set(files[index]!, rest.subarray(0, length).toString());
      rest = rest.subarray(length);
    }
    if (control === 'reload') this.#shape = shape;
    if (control === 'stop') {
      this.#shape = undefined;
      this.files.clear();
    }
    return true;
  }

  get version(): string {
    return this.files.get(paths.record)?.split('\n')[0] ?? '';
  }

  #loaded(): string {
    const loaded = [...this.files].filter(([path]) => path.endsWith('.pem'));
    return loaded
      .map(([path, pem]) => `Filename: ${path}\nStatus: Used\nSHA1 FingerPrint: ${fingerprintOf(pem)}\n`)
      .join('');
  }

  #look(): string {
    const first = (path: string): string => this.files.get(path)?.split('\n')[0] ?? '';
    const parts = {
      record: this.files.get(paths.record) ?? '',
      config: first(paths.config),
      keepalived: this.files.has(paths.keepalived) ? `${first(paths.keepalived)}\nrunning` : '',
      addresses: `2: host0    inet ${this.address}/24 brd 10.0.0.255 scope global host0`,
      runtime: this.#shape === undefined ? '' : `description: trencadis-${this.#shape}\n${this.#loaded()}`,
      end: '',
    };
    return Object.entries(parts)
      .map(([name, text]) => `${sectionMark}${name}\n${text}\n`)
      .join('');
  }
}

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint.replaceAll(':', '');
}
