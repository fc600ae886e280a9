import type { BalancerHost } from '@trencadis/availability';
import { hostFailed } from './errors.ts';
import { asRoot, hostScript } from './host-script.ts';
import { type HostView, readHostView } from './host-view.ts';
import type { HostPlan } from './plan-host.ts';
import { emptyRecord, versionOf } from './record.ts';

const lookMs = 10_000;
/** A reload waits for HAProxy's new process. */
const commitMs = 40_000;

/** One host, seen and changed through its shell. Remembers the record that it read last, so that it is not sent again. */
export class HostLink {
  readonly host: BalancerHost;
  #known = emptyRecord;

  constructor(host: BalancerHost) {
    this.host = host;
  }

  async look(signal: AbortSignal): Promise<HostView> {
    return await this.#ask('look', [], { signal, timeoutMs: lookMs });
  }

  /** Brings a plan in, if the record that it was made for is still there; refused otherwise. */
  async commit(plan: HostPlan, expected: string, signal: AbortSignal): Promise<HostView> {
    const commands = [...plan.commands, ...plan.tidying];
    const spoken = { path: '-', content: ['prompt', ...commands, 'quit', ''].join('\n') };
    const files = [...plan.files, ...(commands.length === 0 ? [] : [spoken])];
    const words = [
      expected,
      plan.control,
      plan.shape,
      plan.address,
      plan.kept.join(' '),
      ...files.flatMap(({ path, content }) => [path, String(Buffer.byteLength(content))]),
    ];
    const stdin = files.map(({ content }) => content).join('');
    return await this.#ask('commit', words, { signal, timeoutMs: commitMs, stdin });
  }

  /** Secrets: what comes back goes to the other host, and nowhere else. */
  async readCertificate(path: string, signal: AbortSignal): Promise<string | undefined> {
    const shell = await this.host.shell(signal);
    const { exitCode, stdout } = await shell.run([...asRoot, 'cat', '--', path], {
      signal,
      timeoutMs: lookMs,
    });
    return exitCode === 0 ? stdout : undefined;
  }

  async #ask(
    action: 'look' | 'commit',
    words: readonly string[],
    options: { readonly signal: AbortSignal; readonly timeoutMs: number; readonly stdin?: string },
  ): Promise<HostView> {
    const shell = await this.host.shell(options.signal);
    const known = this.#known;
    const argv = [...asRoot, 'sh', '-c', hostScript, 'sh', action, versionOf(known), ...words] as const;
    const { exitCode, stdout, stderr } = await shell.run(argv, options);
    if (exitCode !== 0) throw hostFailed(this.host, exitCode, stderr);
    const view = readHostView(stdout, known);
    this.#known = view.record;
    return view;
  }
}
