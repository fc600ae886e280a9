import type { HookStore, WaitingHook } from '../services/hook-store.ts';

export function memoryHooks(): HookStore {
  const hooks = new Map<string, WaitingHook>();
  return {
    awaitHook: async (id, vm, at) => {
      const key = `${id} ${vm}`;
      if (!hooks.has(key)) hooks.set(key, { heardAt: at });
    },
    findHook: async (id, vm) => hooks.get(`${id} ${vm}`),
    signalHook: async (id, vm, { verdict, at }) => {
      const key = `${id} ${vm}`;
      if (!hooks.has(key)) return false;
      hooks.set(key, verdict === 'heartbeat' ? { ...hooks.get(key), heardAt: at } : { heardAt: at, verdict });
      return true;
    },
    clearHook: async (id, vm) => void hooks.delete(`${id} ${vm}`),
  };
}
