import { systemClock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import type { InfrastructureId, PlanId } from '@trencadis/ids';
import type { DriftView, InfrastructureClient, PlanStatusView } from '@trencadis/infrastructure/client';
import type { Fleet } from './fleet.ts';
import type { Random } from './random.ts';

type Change = Parameters<InfrastructureClient['planChange']>[0]['body'];
type Saga = PlanStatusView['saga'];

const planDeadlineMs = 180_000;
const lookEveryMs = 150;
const ended: ReadonlySet<Saga> = new Set(['succeeded', 'undone', 'kept', 'stuck']);

function documentOf(fronts: number, backs: number): string {
  return `network public (outbound = 'yes')
network private ()
system front (
  cpu.count >= 1 and memory.size >= 512Mi and disk.0.os.name = 'linux' and
  net_interface.0.connection = 'public' and net_interface.1.connection = 'private'
)
system back (
  cpu.count >= 1 and memory.size >= 512Mi and disk.0.os.name = 'linux' and
  net_interface.0.connection = 'private' and disk.1.size >= 1Gi and disk.1.mount_path = '/data'
)
deploy front ${fronts}
deploy back ${backs}
`;
}

export interface RestlessUserParts {
  readonly name: string;
  readonly fleet: Fleet;
  readonly random: Random;
  /** `deploy succeeded`, `remove undone`, ... */
  readonly onEnd: (what: string) => void;
}

/** Deploys, changes and destroys one infrastructure again and again, as fast as it is answered. */
export class RestlessUser {
  readonly #parts: RestlessUserParts;
  /** Of those that may have something at the VM manager; destroyed ones are gone. */
  readonly living = new Set<string>();
  /** All that it ever planned for. */
  readonly infrastructures = new Set<InfrastructureId>();
  #current: InfrastructureId | undefined;

  constructor(parts: RestlessUserParts) {
    this.#parts = parts;
  }

  async act(): Promise<void> {
    const { random } = this.#parts;
    if (this.#current === undefined) return this.#deploy();
    if (random.isLucky(0.12)) return this.destroy();
    const change = await this.#chooseChange(this.#current);
    if (change !== undefined) await this.#change(this.#current, change);
  }

  async destroy(): Promise<void> {
    const infrastructureId = this.#current;
    if (infrastructureId === undefined) return;
    const { id } = await this.#ask((client) => client.destroy({ params: { infrastructureId } }));
    const saga = await this.#end(id as PlanId);
    this.#parts.onEnd(`destroy ${saga}`);
    // What a failure of the VM manager kept goes with the next attempt.
    if (saga !== 'succeeded') return this.destroy();
    this.living.delete(infrastructureId);
    this.#current = undefined;
  }

  /** Brings all to what the document says, then answers what is not so. */
  async settle(): Promise<readonly DriftView[]> {
    const infrastructureId = this.#current;
    if (infrastructureId === undefined) return [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if ((await this.#change(infrastructureId, { kind: 'repair' }, false)) === 'succeeded') break;
    }
    return (await this.#ask((client) => client.drift({ params: { infrastructureId } }))).drift;
  }

  async #deploy(): Promise<void> {
    const { random, name } = this.#parts;
    const radl = documentOf(random.whole(1, 4), random.whole(0, 3));
    const body = { name, document: { radl, dialect: 'trencadis' as const, parameters: {} } };
    const planned = await this.#ask((client) => client.plan({ body }));
    if (planned.kind === 'problems') throw new Error(JSON.stringify(planned.diagnostics));
    const { id } = planned.infrastructure;
    this.#current = id as InfrastructureId;
    this.living.add(id);
    this.infrastructures.add(this.#current);
    await this.#apply(planned.plan.id as PlanId, 'deploy');
  }

  async #chooseChange(infrastructureId: InfrastructureId): Promise<Change | undefined> {
    const { random } = this.#parts;
    const { vms } = await this.#ask((client) =>
      client.status({ params: { infrastructureId }, query: { fresh: 'true' } }),
    );
    const changes: (() => Change)[] = [
      () => ({ kind: 'add', radl: `system front\ndeploy front ${random.whole(1, 3)}`, dialect: 'im' }),
      () => ({
        kind: 'deploy',
        document: {
          radl: documentOf(random.whole(1, 4), random.whole(0, 3)),
          dialect: 'trencadis',
          parameters: {},
        },
      }),
      () => ({ kind: 'repair' }),
    ];
    const some = vms.filter(() => random.isLucky(0.5)).map(({ name }) => name) as never[];
    const [one] = some;
    if (one !== undefined) {
      const cpus = random.whole(1, 4);
      const system = vms.find(({ name }) => name === one)?.systemId ?? '';
      changes.push(
        () => ({ kind: 'remove', vms: some }),
        () => ({ kind: random.oneOf(['start', 'stop', 'reboot']), vms: some }),
        () => ({
          kind: 'alter',
          vm: one,
          radl: `system ${system} (cpu.count = ${cpus})`,
          dialect: 'trencadis',
        }),
      );
    }
    return random.oneOf(changes)();
  }

  async #change(
    infrastructureId: InfrastructureId,
    body: Change,
    isRestless = true,
  ): Promise<Saga | 'refused'> {
    const planned = await this.#unlessConflict((client) =>
      client.planChange({ params: { infrastructureId }, body }),
    );
    if (planned === undefined) return 'refused';
    if (planned.kind === 'problems') throw new Error(`${body.kind}: ${JSON.stringify(planned.diagnostics)}`);
    if (planned.plan.steps.length === 0 && !isRestless) return 'succeeded';
    return this.#apply(planned.plan.id as PlanId, body.kind, isRestless);
  }

  async #apply(planId: PlanId, what: string, isRestless = true): Promise<Saga | 'refused'> {
    const { random, onEnd } = this.#parts;
    const onFailure = random.isLucky(0.7) ? 'undo' : 'keep';
    const applied = await this.#unlessConflict((client) =>
      client.apply({ params: { planId }, body: { onFailure } }),
    );
    if (applied === undefined) {
      onEnd(`${what} refused`);
      return 'refused';
    }
    if (isRestless && random.isLucky(0.15)) await this.#cancel(planId);
    if (isRestless && random.isLucky(0.08)) {
      await systemClock.sleep(random.between(0, 200));
      onEnd(`${what} left running`);
      await this.destroy();
      return 'refused';
    }
    const saga = await this.#end(planId);
    onEnd(`${what} ${saga}`);
    return saga;
  }

  async #cancel(planId: PlanId): Promise<void> {
    const { random } = this.#parts;
    await systemClock.sleep(random.between(0, 200));
    const mode = random.oneOf(['undo', 'keep'] as const);
    await this.#unlessConflict((client) => client.cancel({ params: { planId }, body: { mode } }));
  }

  async #end(planId: PlanId): Promise<Saga> {
    const deadline = systemClock.now().getTime() + planDeadlineMs;
    for (;;) {
      const { saga } = await this.#ask((client) => client.planStatus({ params: { planId } }));
      if (saga === 'stuck') throw new Error(`${planId} is stuck`);
      if (ended.has(saga)) return saga;
      if (systemClock.now().getTime() > deadline) throw new Error(`${planId} does not end: it is ${saga}`);
      await systemClock.sleep(lookEveryMs);
    }
  }

  #ask<Answer>(request: (client: InfrastructureClient) => Promise<Answer>): Promise<Answer> {
    return this.#parts.fleet.ask(request);
  }

  /** The world has changed since the plan was made, as happens when somebody else acts too. */
  async #unlessConflict<Answer>(
    request: (client: InfrastructureClient) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    try {
      return await this.#ask(request);
    } catch (error) {
      if (isPlatformError(error, 'conflict')) return undefined;
      throw error;
    }
  }
}
