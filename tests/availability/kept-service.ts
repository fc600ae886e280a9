import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pollUntil, systemClock } from '@trencadis/clock';
import { Trencadis } from '../end-to-end/trencadis.ts';
import { Load } from './load.ts';

export interface ReplicaSeen {
  readonly name: string;
  readonly phase: string;
  readonly vm: string;
  readonly member?: string;
  readonly isOutdated: boolean;
}

export interface ServiceSeen {
  readonly desired: number;
  readonly inService: number;
  readonly condition: string;
  readonly endpoints: readonly string[];
  readonly replicas: readonly ReplicaSeen[];
  readonly roll?: unknown;
}

export interface EventSeen {
  readonly sequence: number;
  readonly at: string;
  readonly kind: string;
  readonly vm?: string;
  readonly text: string;
}

const deadlineMs = 300_000;

/** One deployed service `site`, looked at as its operator would. */
export class KeptService implements AsyncDisposable {
  readonly trencadis: Trencadis;

  private constructor(trencadis: Trencadis) {
    this.trencadis = trencadis;
  }

  static async start(): Promise<KeptService> {
    return new KeptService(await Trencadis.create());
  }

  async deploy(radl: string): Promise<string> {
    const path = join(this.trencadis.home, 'web.radl');
    await writeFile(path, radl);
    return this.trencadis.run('deploy', path, '--name', 'web', '--yes');
  }

  async status(): Promise<ServiceSeen> {
    return JSON.parse(await this.#json('service', 'status', 'site', '--json')) as ServiceSeen;
  }

  async events(): Promise<readonly EventSeen[]> {
    const lines = (await this.#json('service', 'events', 'site', '--json')).split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as EventSeen);
  }

  async infrastructureId(): Promise<string> {
    const { infrastructures } = JSON.parse(await this.#json('status', '--json')) as {
      readonly infrastructures: readonly { readonly id: string }[];
    };
    return infrastructures[0]?.id ?? '';
  }

  async load(): Promise<Load> {
    const { endpoints } = await this.status();
    return new Load(endpoints[0] ?? '');
  }

  /** Waits until the service is as told, and says how it was at the end if it never is. */
  async until(what: string, is: (seen: ServiceSeen) => boolean): Promise<ServiceSeen> {
    let last: ServiceSeen | undefined;
    const look = async () => {
      last = await this.status();
      return is(last) ? last : undefined;
    };
    const found = await pollUntil(look, { clock: systemClock, everyMs: 500, deadlineMs });
    if (found) return found;
    const log = await this.trencadis.serverLog();
    throw new Error(`The service never was ${what}: ${JSON.stringify(last)}\n${log}`);
  }

  /** At full size, with nobody on the way in or out. */
  whole(size: number): Promise<ServiceSeen> {
    return this.until(`whole with ${size}`, ({ inService, replicas, condition }) => {
      const isIn = ({ member }: ReplicaSeen) => member === 'up';
      return inService === size && replicas.length === size && replicas.every(isIn) && condition === 'ok';
    });
  }

  /** The first event of that kind after `since`, about that VM if one is named. */
  async eventAfter(since: number, kind: string, vm?: string): Promise<EventSeen> {
    const look = async () =>
      (await this.events()).find(
        (each) => Date.parse(each.at) >= since && each.kind === kind && (vm === undefined || each.vm === vm),
      );
    const found = await pollUntil(look, { clock: systemClock, everyMs: 500, deadlineMs });
    if (found) return found;
    throw new Error(`There was no event ${kind}: ${JSON.stringify(await this.events())}`);
  }

  /** Ends the platform's process at once; the next command starts another one. */
  async killPlatform(): Promise<void> {
    const pid = await this.trencadis.serverPid();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.trencadis[Symbol.asyncDispose]();
  }

  async #json(...args: readonly string[]): Promise<string> {
    const { stdout, exitCode, all } = await this.trencadis.start(...args);
    if (exitCode !== 0) throw new Error(`trencadis ${args.join(' ')} ended with ${exitCode}:\n${all}`);
    return stdout;
  }
}
