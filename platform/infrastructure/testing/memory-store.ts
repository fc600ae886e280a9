import { PlatformError } from '@trencadis/errors';
import type { InfrastructureId, PlanId, Sha256 } from '@trencadis/ids';
import type { Infrastructure, Plan } from '../model.ts';
import type { InfrastructureStore } from '../store.ts';

/** The store in memory, for simulations and generated tests; held to the same suite as the one on PostgreSQL. */
export function createMemoryInfrastructureStore(): InfrastructureStore {
  const infrastructures = new Map<InfrastructureId, Infrastructure>();
  const plans = new Map<PlanId, Plan>();
  const configured = new Map<string, Map<string, Sha256>>();
  const secrets = new Map<string, string>();
  const live = () => [...infrastructures.values()].filter((each) => !each.destroyedAt);
  const change = (id: InfrastructureId, changes: Partial<Infrastructure>) => {
    const before = infrastructures.get(id);
    if (before) infrastructures.set(id, { ...before, ...changes });
  };
  const configuredOf = (id: InfrastructureId) => {
    const digests = configured.get(id) ?? new Map<string, Sha256>();
    configured.set(id, digests);
    return digests;
  };
  return {
    insert: async (infrastructure) => {
      if (live().some((each) => each.owner === infrastructure.owner && each.name === infrastructure.name)) {
        throw new PlatformError(
          'already-exists',
          `There is an infrastructure called '${infrastructure.name}' already.`,
        );
      }
      infrastructures.set(infrastructure.id, infrastructure);
    },
    updateDocument: async ({ id, radl, dialect, parameters }) => {
      if (infrastructures.get(id)?.isDestroyRequested !== false)
        throw new PlatformError('conflict', `${id} is being destroyed.`);
      change(id, { radl, dialect, parameters });
    },
    find: async (id) => infrastructures.get(id),
    findByName: async (owner, name) => live().find((each) => each.owner === owner && each.name === name),
    list: async (owner) =>
      live()
        .filter((each) => each.owner === owner)
        .toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime()),
    requestDestroy: async (id) => change(id, { isDestroyRequested: true }),
    markDestroyed: async (id, at) => {
      if (!infrastructures.get(id)?.destroyedAt) change(id, { destroyedAt: at });
    },
    insertPlan: async (plan) => void plans.set(plan.id, plan),
    findPlan: async (id) => plans.get(id),
    claimActivePlan: async (id, next, previous) => {
      const infrastructure = infrastructures.get(id);
      if (!infrastructure || infrastructure.activePlanId !== previous) return 'taken';
      change(id, { activePlanId: next });
      return 'claimed';
    },
    configuredDigests: async (id) => Object.fromEntries(configuredOf(id)),
    setConfigured: async (id, vmName, digest) => void configuredOf(id).set(vmName, digest),
    clearConfigured: async (id, vmName) => void configuredOf(id).delete(vmName),
    findSecret: async (id, name) => secrets.get(`${id}/${name}`),
    insertSecret: async (id, name, sealed) => {
      const key = `${id}/${name}`;
      const kept = secrets.get(key) ?? sealed;
      secrets.set(key, kept);
      return kept;
    },
    removeSecrets: async (id) => {
      for (const key of secrets.keys()) if (key.startsWith(`${id}/`)) secrets.delete(key);
    },
  };
}
