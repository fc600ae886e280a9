import { PlatformError } from '@trencadis/errors';
import type { InfrastructureId, PlanId, Sha256 } from '@trencadis/ids';
import type { AttentionStore } from '../attention-store.ts';
import type { Infrastructure, Plan, Usage, Target } from '../model.ts';
import { type PersistentDiskStore, createMemoryPersistentDiskStore } from '../persistent-disk-store.ts';
import type { InfrastructureStore, InfrastructureTerms, PlanSummary } from '../store.ts';
import type { HookStore } from '../services/hook-store.ts';
import { memoryAttention } from './memory-attention.ts';
import { memoryHooks } from './memory-hooks.ts';
import { targetOf } from '../target-of.ts';

/** The store in memory, for simulations and generated tests; held to the same suite as the one on PostgreSQL. */
export function createMemoryInfrastructureStore(): InfrastructureStore {
  return {
    ...infrastructureParts(),
    ...configurationParts(),
    ...secretParts(),
    ...memoryAttention(),
    ...createMemoryPersistentDiskStore(),
    ...memoryHooks(),
  };
}

type ConfigurationParts = Pick<InfrastructureStore, 'configuredKeys' | 'setConfigured' | 'clearConfigured'>;
type SecretParts = Pick<InfrastructureStore, 'findSecret' | 'listSecrets' | 'insertSecret' | 'removeSecrets'>;
type InfrastructureParts = Omit<
  InfrastructureStore,
  | keyof ConfigurationParts
  | keyof SecretParts
  | keyof AttentionStore
  | keyof PersistentDiskStore
  | keyof HookStore
>;

/** What is `undefined` is taken away. */
type Changes = { readonly [Key in keyof Infrastructure]?: Infrastructure[Key] | undefined };

function infrastructureParts(): InfrastructureParts {
  const infrastructures = new Map<InfrastructureId, Infrastructure>();
  const replaced = new Map<InfrastructureId, { readonly planId: PlanId; readonly target: Target }>();
  const plans = new Map<PlanId, Plan>();
  const live = () => [...infrastructures.values()].filter((each) => !each.destroyedAt);
  const change = (id: InfrastructureId, changes: Changes) => {
    const before = infrastructures.get(id);
    if (!before) return;
    const changed = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined);
    infrastructures.set(id, Object.fromEntries(changed) as unknown as Infrastructure);
  };
  const getChangeable = (id: InfrastructureId): Infrastructure => {
    const infrastructure = infrastructures.get(id);
    if (infrastructure && !infrastructure.isDestroyRequested) return infrastructure;
    throw new PlatformError('conflict', `${id} is being destroyed, or gone.`);
  };
  const refuseTaken = ({ id, owner, name }: Infrastructure) => {
    if (live().every((each) => each.id === id || each.owner !== owner || each.name !== name)) return;
    throw new PlatformError('already-exists', `There is an infrastructure called '${name}' already.`);
  };
  return {
    insert: async (infrastructure) => {
      refuseTaken(infrastructure);
      infrastructures.set(infrastructure.id, infrastructure);
    },
    updateTarget: async (id, target, { planId, vmms }) => {
      const before = getChangeable(id);
      if (replaced.get(id)?.planId !== planId) replaced.set(id, { planId, target: before });
      const all = [...new Set([...before.vmms, ...vmms])];
      change(id, { ...targetOf(target), vmms: all });
    },
    restoreTarget: async (id, planId) => {
      const kept = replaced.get(id);
      if (kept?.planId !== planId || infrastructures.get(id)?.isDestroyRequested !== false) return;
      const { nextOrdinal: _, ...before } = targetOf(kept.target);
      change(id, { replicas: undefined, components: undefined, ...before });
    },
    updateTerms: async (id, terms) => {
      const next = withTerms(getChangeable(id), terms);
      refuseTaken(next);
      infrastructures.set(id, next);
    },
    find: async (id) => infrastructures.get(id),
    findByName: async (owner, name) => live().find((each) => each.owner === owner && each.name === name),
    list: async ({ owner, groups, isAdmin }) =>
      live()
        .filter(
          (each) =>
            isAdmin || each.owner === owner || each.shares.some(({ group }) => groups.includes(group)),
        )
        .toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime()),
    usageOf: async (owner, except) =>
      live()
        .filter((each) => each.owner === owner && each.id !== except)
        .map(({ usage }) => usage)
        .reduce(addUsages, { vms: 0, cpuCount: 0, memoryMiB: 0 }),
    requestDestroy: async (id) => change(id, { isDestroyRequested: true }),
    markDestroyed: async (id, at) => {
      if (!infrastructures.get(id)?.destroyedAt) change(id, { destroyedAt: at });
    },
    release: async (id, at, activePlanId) => {
      const { isDestroyRequested, activePlanId: active } = infrastructures.get(id) ?? {
        isDestroyRequested: true,
      };
      if (isDestroyRequested || active !== activePlanId) return 'taken';
      change(id, { releasedAt: at, destroyedAt: at, isDestroyRequested: true });
      return 'released';
    },
    takeUp: async (infrastructure) => {
      const { id } = infrastructure;
      if (!infrastructures.get(id)?.releasedAt)
        throw new PlatformError('already-exists', `${id} was not released.`);
      refuseTaken(infrastructure);
      infrastructures.set(id, infrastructure);
    },
    insertPlan: async (plan) => void plans.set(plan.id, plan),
    findPlan: async (id) => plans.get(id),
    findPlanImages: async (id) => plans.get(id)?.images ?? [],
    listPlans: async (id) =>
      [...plans.values()]
        .filter((plan) => plan.infrastructureId === id)
        .toSorted((one, other) => other.createdAt.getTime() - one.createdAt.getTime())
        .map(summaryOf),
    findPlanSummaries: async (ids) => [...plans.values()].filter(({ id }) => ids.includes(id)).map(summaryOf),
    claimActivePlan: async (id, next, previous) => {
      const infrastructure = infrastructures.get(id);
      if (!infrastructure || infrastructure.activePlanId !== previous) return 'taken';
      change(id, { activePlanId: next });
      return 'claimed';
    },
  };
}

function summaryOf({ id, kind, steps, createdAt, createdBy }: Plan): PlanSummary {
  return { id, kind, stepCount: steps.length, createdAt, createdBy };
}

function withTerms(
  { expiresAt, ...infrastructure }: Infrastructure,
  { owner, shares, expiresAt: next = expiresAt }: InfrastructureTerms,
): Infrastructure {
  return {
    ...infrastructure,
    ...(owner === undefined ? {} : { owner }),
    ...(shares === undefined ? {} : { shares }),
    ...(next ? { expiresAt: next } : {}),
  };
}

function addUsages(one: Usage, other: Usage): Usage {
  return {
    vms: one.vms + other.vms,
    cpuCount: one.cpuCount + other.cpuCount,
    memoryMiB: one.memoryMiB + other.memoryMiB,
  };
}

function configurationParts(): ConfigurationParts {
  const configured = new Map<InfrastructureId, Map<string, Map<string, Sha256>>>();
  const keysOf = (id: InfrastructureId) => {
    const keys = configured.get(id) ?? new Map<string, Map<string, Sha256>>();
    configured.set(id, keys);
    return keys;
  };
  return {
    configuredKeys: async (id) =>
      Object.fromEntries([...keysOf(id)].map(([name, stages]) => [name, Object.fromEntries(stages)])),
    setConfigured: async (id, { name, stage, key }) => {
      const stages = keysOf(id).get(name) ?? new Map<string, Sha256>();
      keysOf(id).set(name, stages.set(stage, key));
    },
    clearConfigured: async (id, vmName, stage) => {
      const stages = keysOf(id).get(vmName);
      if (stage !== undefined) stages?.delete(stage);
      if (stage === undefined || stages?.size === 0) keysOf(id).delete(vmName);
    },
  };
}

function secretParts(): SecretParts {
  const secrets = new Map<string, string>();
  return {
    findSecret: async (id, name) => secrets.get(`${id}/${name}`),
    insertSecret: async (id, name, sealed) => {
      const key = `${id}/${name}`;
      const kept = secrets.get(key) ?? sealed;
      secrets.set(key, kept);
      return kept;
    },
    listSecrets: async (id) =>
      Object.fromEntries(
        [...secrets].flatMap(([key, sealed]) =>
          key.startsWith(`${id}/`) ? [[key.slice(id.length + 1), sealed]] : [],
        ),
      ),
    removeSecrets: async (id) => {
      for (const key of secrets.keys()) if (key.startsWith(`${id}/`)) secrets.delete(key);
    },
  };
}
