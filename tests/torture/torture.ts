import { systemClock } from '@trencadis/clock';
import { Fleet } from './fleet.ts';
import { Random } from './random.ts';
import { RestlessUser } from './restless-user.ts';
import { TortureSite } from './torture-site.ts';

export interface TortureOptions {
  /** Of an empty database, which outlives the processes. */
  readonly databaseUrl: string;
  readonly kills: number;
  readonly seed: number;
  readonly users: number;
  /** Kills between two looks at what there is. */
  readonly killsARound: number;
  readonly report: (line: string) => void;
}

export interface TortureResult {
  readonly kills: number;
  readonly infrastructures: number;
  /** How often what ended how: `deploy succeeded`, `remove undone`, ... */
  readonly endings: ReadonlyMap<string, number>;
}

const processCount = 2;
const failureRate = 0.05;
const latencyMs = 30;

/**
 * Kills processes of the platform at random moments while users keep changing what is deployed, and throws at the first
 * thing that is lost, left behind, made twice, stuck, or not as its document says.
 */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const { databaseUrl, seed } = options;
  await using site = await TortureSite.create(databaseUrl, { seed, failureRate, latencyMs });
  await using fleet = new Fleet(site.place, site.token, processCount);
  // Awaited here: what is in use may not be disposed before.
  return await new TortureRun({ ...options, site, fleet }).toEnd();
}

interface Parts extends TortureOptions {
  readonly site: TortureSite;
  readonly fleet: Fleet;
}

class TortureRun {
  readonly #parts: Parts;
  readonly #users: readonly RestlessUser[];
  readonly #random: Random;
  readonly #endings = new Map<string, number>();
  #kills = 0;

  constructor(parts: Parts) {
    const { fleet, seed, users } = parts;
    this.#parts = parts;
    this.#random = new Random(seed);
    const onEnd = (what: string) => this.#endings.set(what, (this.#endings.get(what) ?? 0) + 1);
    this.#users = Array.from({ length: users }, (_, index) => {
      const random = new Random(seed * 1_000 + index);
      return new RestlessUser({ name: `restless-${index}`, fleet, random, onEnd });
    });
  }

  async toEnd(): Promise<TortureResult> {
    while (this.#kills < this.#parts.kills) await this.#round();
    await Promise.all(this.#users.map((user) => user.destroy()));
    this.#mustBeNone('left behind', this.#parts.site.vmm.leftovers());
    await this.#checkPlans();
    const infrastructures = this.#users.reduce((sum, user) => sum + user.infrastructures.size, 0);
    return { kills: this.#kills, infrastructures, endings: this.#endings };
  }

  /** Kills for a while, then lets everything come to rest and looks. */
  async #round(): Promise<void> {
    const { kills, killsARound, report } = this.#parts;
    const last = Math.min(kills, this.#kills + killsARound);
    const ending = new AbortController();
    const acting = this.#users.map((user) => this.#keepActing(user, ending.signal));
    const killing = Array.from({ length: processCount }, (_, index) =>
      this.#keepKilling(index, last, ending),
    );
    await Promise.all([...killing, ...acting]);
    for (const user of this.#users) {
      const drift = await user.settle();
      this.#mustBeNone(
        'not as its document says',
        drift.map((each) => JSON.stringify(each)),
      );
    }
    this.#checkOwners();
    const { vms, networks, disks } = this.#parts.site.vmm;
    const there = `${vms.size} VMs, ${networks.size} networks, ${disks.size} disks as they shall be`;
    report(`${this.#kills} kills: ${there}; ${this.endings}`);
  }

  get endings(): string {
    return [...this.#endings]
      .map(([what, count]) => `${what} ${count}`)
      .toSorted((one, other) => one.localeCompare(other))
      .join(', ');
  }

  async #keepActing(user: RestlessUser, ending: AbortSignal): Promise<void> {
    while (!ending.aborted) await user.act();
  }

  async #keepKilling(index: number, last: number, ending: AbortController): Promise<void> {
    const { fleet } = this.#parts;
    try {
      while (this.#kills < last && !ending.signal.aborted) {
        this.#kills += 1;
        // One in ten dies while it starts.
        if (this.#random.isLucky(0.1)) await systemClock.sleep(this.#random.between(0, 2_000));
        else {
          await fleet.process(index).ready;
          await systemClock.sleep(this.#random.between(50, 1_500));
        }
        this.#checkOwners();
        await fleet.replace(index);
      }
    } finally {
      ending.abort();
    }
  }

  /** Nothing belongs to an infrastructure that is gone, at any moment. */
  #checkOwners(): void {
    const { vms, networks, disks } = this.#parts.site.vmm;
    const living = new Set(this.#users.flatMap((user) => [...user.living]));
    const things = [
      ...[...vms.values()].map(({ spec }) => spec),
      ...[...networks.values()].map(({ network }) => network),
      ...[...disks.values()].map(({ disk }) => disk),
    ];
    const orphans = things.filter(({ tag }) => !living.has(tag));
    this.#mustBeNone(
      'of no living infrastructure',
      orphans.map(({ name, tag }) => `${name} of ${tag}`),
    );
  }

  /** Every plan there ever was has ended, or was never applied. */
  async #checkPlans(): Promise<void> {
    const { fleet } = this.#parts;
    for (const infrastructureId of this.#users.flatMap((user) => [...user.infrastructures])) {
      const { plans } = await fleet.ask((client) => client.listPlans({ params: { infrastructureId } }));
      for (const { id } of plans) {
        const { saga } = await fleet.ask((client) => client.planStatus({ params: { planId: id } }));
        this.#mustBeNone(
          'not ended',
          ['running', 'undoing', 'stuck'].includes(saga) ? [`${id} is ${saga}`] : [],
        );
      }
    }
  }

  #mustBeNone(what: string, found: readonly string[]): void {
    if (found.length > 0) throw new Error(`after ${this.#kills} kills, ${what}: ${found.join('; ')}`);
  }
}
