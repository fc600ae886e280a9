import { type ServiceSpec, readServices } from '@trencadis/availability';
import { type InfrastructureId, type PlanId, sha256OfJson } from '@trencadis/ids';
import type { Infrastructure, PlanSummary } from '@trencadis/infrastructure';
import {
  type ReconcilerParts,
  firstCounts,
  isRunning,
  planStatusOf,
  readTarget,
} from '@trencadis/infrastructure/services';
import { type RadlDocument, disksOf } from '@trencadis/radl';
import type { Group } from '../fleet.ts';

/** The document of an infrastructure, as far as its services are concerned. */
export interface ReadServices {
  readonly document: RadlDocument;
  readonly specs: readonly ServiceSpec[];
  /** Ids of the systems whose VMs have persistent disks. */
  readonly holders: ReadonlySet<string>;
}

interface Known extends ReadServices {
  readonly radl: string;
  readonly parameters: string;
  readonly replicas: string;
}

const everybody = { owner: '', groups: [], isAdmin: true };

/** Which services are deployed that the platform, or VM managers' own engines, keep. Documents are read once for as long as they stay the same. */
export class DeployedServices {
  readonly #parts: ReconcilerParts;
  readonly #engine: ServiceSpec['scaling']['engine'];
  readonly #known = new Map<InfrastructureId, Known>();
  /** As they were listed or asked for last: what is polled each second does not read them each time. */
  readonly #latest = new Map<InfrastructureId, Infrastructure>();
  /** Infrastructures of which a plan has succeeded: from then on they are kept. */
  readonly #deployed = new Set<InfrastructureId>();

  constructor(parts: ReconcilerParts, engine: ServiceSpec['scaling']['engine'] = 'platform') {
    this.#parts = parts;
    this.#engine = engine;
  }

  async listGroups(only?: readonly InfrastructureId[]): Promise<readonly Group[]> {
    const { store } = this.#parts.world;
    const found =
      only === undefined
        ? await store.list(everybody)
        : (await Promise.all(only.map((id) => store.find(id)))).flatMap((each) => each ?? []);
    const living = found.filter((each) => !each.destroyedAt && !each.isDestroyRequested && each.activePlanId);
    for (const each of living) this.#latest.set(each.id, each);
    if (only === undefined) this.#forgetAllBut(new Set(living.map(({ id }) => id)));
    const keeping = living
      .map((infrastructure) => ({ infrastructure, specs: this.#keptIn(infrastructure) }))
      .filter(({ specs }) => specs.length > 0);
    const active = keeping.flatMap(({ infrastructure: { activePlanId } }) => activePlanId ?? []);
    const plans = new Map((await store.findPlanSummaries(active)).map((plan) => [plan.id, plan]));
    const groups = keeping.map(async ({ infrastructure, specs }): Promise<readonly Group[]> => {
      const { activePlanId } = infrastructure;
      const running = await this.#runningPlan(infrastructure.id, activePlanId && plans.get(activePlanId));
      if (running === 'not-deployed') return [];
      return specs.map((spec) => groupOf(infrastructure, spec, running));
    });
    return (await Promise.all(groups)).flat();
  }

  /** As it was seen a few seconds ago at most while it is kept. */
  latest(id: InfrastructureId): Infrastructure | undefined {
    return this.#latest.get(id);
  }

  /** Its document as it is in force. */
  read(infrastructure: Infrastructure): ReadServices {
    const { id, radl } = infrastructure;
    const parameters = JSON.stringify(infrastructure.parameters);
    const replicas = JSON.stringify(infrastructure.replicas ?? {});
    const before = this.#known.get(id);
    if (before?.radl === radl && before.parameters === parameters && before.replicas === replicas)
      return before;
    const { document } = readTarget(infrastructure);
    const holders = document.systems.filter((system) =>
      disksOf(system).some(({ persistent }) => persistent === true),
    );
    const specs = infrastructure.dialect === 'im' ? [] : readServices(document);
    const known = {
      radl,
      parameters,
      replicas,
      document,
      specs,
      holders: new Set(holders.map((each) => each.id)),
    };
    this.#known.set(id, known);
    return known;
  }

  #keptIn(infrastructure: Infrastructure): readonly ServiceSpec[] {
    return this.read(infrastructure).specs.filter(({ scaling }) => scaling.engine === this.#engine);
  }

  /** What a first plan failed to bring about is for a person to decide on, and not kept. */
  async #runningPlan(id: InfrastructureId, plan: PlanSummary | undefined) {
    if (plan === undefined) return 'not-deployed';
    const status = await planStatusOf(this.#parts.sagas, plan);
    if (isRunning(status) || status === 'planned') return plan.id;
    if (status === 'succeeded') this.#deployed.add(id);
    if (status === 'stuck') return plan.id;
    return (await this.#wasDeployed(id)) ? undefined : 'not-deployed';
  }

  async #wasDeployed(id: InfrastructureId): Promise<boolean> {
    if (this.#deployed.has(id)) return true;
    for (const plan of await this.#parts.world.store.listPlans(id)) {
      if ((await planStatusOf(this.#parts.sagas, plan)) !== 'succeeded' || plan.stepCount === 0) continue;
      this.#deployed.add(id);
      return true;
    }
    return false;
  }

  #forgetAllBut(ids: ReadonlySet<InfrastructureId>): void {
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    for (const id of this.#latest.keys()) if (!ids.has(id)) this.#latest.delete(id);
    for (const id of this.#deployed) if (!ids.has(id)) this.#deployed.delete(id);
  }
}

function groupOf(infrastructure: Infrastructure, spec: ServiceSpec, running: PlanId | undefined): Group {
  const { id, name, owner, radl, parameters, components = {}, replicas = {} } = infrastructure;
  return {
    infrastructureId: id,
    serviceId: spec.id,
    infrastructureName: name,
    owner,
    spec,
    documentDigest: sha256OfJson([radl, parameters, components]),
    counts: replicas[spec.id] ?? firstCounts(spec),
    ...(running === undefined ? {} : { runningPlanId: running }),
  };
}
