import {
  type ChangeRequest,
  type Infrastructure,
  type InfrastructureService,
  type InfrastructureStatus,
  type Plan,
  type StepWorld,
  infrastructureMigrations,
} from '@trencadis/infrastructure';
import { migrate } from '@trencadis/postgres';
import { type TestDatabase, freshDatabase } from '@trencadis/postgres/testing';
import { type SagaRunner, type SagaStatus, sagaMigrations } from '@trencadis/saga';
import { type SimulatedManager, startManager } from './simulated-manager.ts';
import {
  type SimulatedPlatform,
  type SimulationOptions,
  keyServerDocument,
  keyServerParameters,
} from './simulated-platform.ts';

const concurrency = 4;
const deadlineMs = 40_000;

export const keyServerRequest = {
  owner: 'ana',
  name: 'keys',
  document: { radl: keyServerDocument, dialect: 'paper', parameters: keyServerParameters },
} as const;

/** The infrastructure service as it is in production, on DBOS and PostgreSQL; only the site is simulated. */
export class SimulatedService implements AsyncDisposable {
  readonly database: TestDatabase;
  readonly options: SimulationOptions;
  platform: SimulatedPlatform;
  sagas: SagaRunner<StepWorld>;
  service: InfrastructureService;

  private constructor(database: TestDatabase, options: SimulationOptions, started: SimulatedManager) {
    this.database = database;
    this.options = options;
    this.platform = started.platform;
    this.sagas = started.sagas;
    this.service = started.service;
  }

  static async start(options: SimulationOptions = {}): Promise<SimulatedService> {
    const database = await freshDatabase();
    await migrate(database.db, { ...sagaMigrations, ...infrastructureMigrations });
    return new SimulatedService(database, options, await startManager(database, { ...options, concurrency }));
  }

  /** As if the process ended here and another one began, on the same database and the same site. */
  async restart(options: SimulationOptions = {}): Promise<void> {
    const { site, second, balancers } = this.platform;
    await this.#stop();
    const places = { site, secondSite: second.world, balancers };
    Object.assign(this, await startManager(this.database, { ...options, ...places, concurrency }));
  }

  /** A plan towards Fig. 3, or towards another document under the same name. */
  async plan(radl: string = keyServerDocument): Promise<Plan> {
    const request = { ...keyServerRequest, document: { ...keyServerRequest.document, radl } };
    const planning = await this.service.plan(request, AbortSignal.timeout(deadlineMs));
    if (planning.kind === 'planned') return planning.plan;
    throw new Error(JSON.stringify(planning.diagnostics));
  }

  /** Any other change of the infrastructure that a plan is of. */
  async planChange({ infrastructureId }: Plan, request: ChangeRequest): Promise<Plan> {
    const signal = AbortSignal.timeout(deadlineMs);
    const planning = await this.service.planChange(infrastructureId, { ...request, actor: 'ana' }, signal);
    if (planning.kind === 'planned') return planning.plan;
    throw new Error(JSON.stringify(planning.diagnostics));
  }

  async apply(plan: Plan, onFailure: 'undo' | 'keep' = 'undo'): Promise<void> {
    await this.service.apply(plan.id, { onFailure, actor: 'ana' }, AbortSignal.timeout(deadlineMs));
  }

  async deploy(onFailure: 'undo' | 'keep' = 'undo'): Promise<{ plan: Plan; outcome: SagaStatus }> {
    const plan = await this.plan();
    await this.apply(plan, onFailure);
    return { plan, outcome: await this.wait(plan) };
  }

  wait({ id }: Plan): Promise<SagaStatus> {
    return this.sagas.wait(id, AbortSignal.timeout(deadlineMs));
  }

  async destroy({ infrastructureId }: Plan): Promise<Plan> {
    return this.service.destroy(infrastructureId, { actor: 'ana' }, AbortSignal.timeout(deadlineMs));
  }

  async infrastructureOf({ infrastructureId }: Plan): Promise<Infrastructure> {
    return this.service.get(infrastructureId);
  }

  async statusOf(plan: Plan): Promise<InfrastructureStatus> {
    return this.service.describe(await this.infrastructureOf(plan), AbortSignal.timeout(deadlineMs));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.database[Symbol.asyncDispose]();
  }

  async #stop(): Promise<void> {
    await this.sagas.close();
    await this.platform[Symbol.asyncDispose]();
  }
}
