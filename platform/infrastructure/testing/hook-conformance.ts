import { expect, it } from 'vitest';
import type { InfrastructureStore } from '../store.ts';
import { vmName } from '../resource-names.ts';
import { exampleInfrastructure } from './examples.ts';

/** What every hook store must do. */
export function describeHooks(store: () => InfrastructureStore): void {
  const at = (seconds: number) => new Date(seconds * 1000);
  const inserted = async () => {
    const infrastructure = exampleInfrastructure('front');
    await store().insert(infrastructure);
    return { id: infrastructure.id, vm: vmName(infrastructure.id, 'front', 1) };
  };

  it('has no hook wait before one does, or after it was cleared', async () => {
    const { id, vm } = await inserted();
    expect(await store().findHook(id, vm)).toBeUndefined();
    expect(await store().signalHook(id, vm, { verdict: 'continue', at: at(1) })).toBe(false);
    expect(await store().findHook(id, vm)).toBeUndefined();
    await store().awaitHook(id, vm, at(1));
    await store().clearHook(id, vm);
    await store().clearHook(id, vm);
    expect(await store().findHook(id, vm)).toBeUndefined();
  });

  it('keeps since when it waits, what it was told, and when', async () => {
    const { id, vm } = await inserted();
    await store().awaitHook(id, vm, at(1));
    await store().awaitHook(id, vm, at(2));
    expect(await store().findHook(id, vm)).toEqual({ heardAt: at(1) });
    expect(await store().signalHook(id, vm, { verdict: 'heartbeat', at: at(3) })).toBe(true);
    expect(await store().findHook(id, vm)).toEqual({ heardAt: at(3) });
    expect(await store().signalHook(id, vm, { verdict: 'abandon', at: at(4) })).toBe(true);
    expect(await store().findHook(id, vm)).toEqual({ heardAt: at(4), verdict: 'abandon' });
    await store().awaitHook(id, vm, at(5));
    expect(await store().findHook(id, vm)).toEqual({ heardAt: at(4), verdict: 'abandon' });
  });

  it('tells VMs apart', async () => {
    const { id, vm } = await inserted();
    const other = vmName(id, 'front', 2);
    await store().awaitHook(id, vm, at(1));
    expect(await store().signalHook(id, other, { verdict: 'continue', at: at(2) })).toBe(false);
    await store().awaitHook(id, other, at(2));
    await store().clearHook(id, other);
    expect(await store().findHook(id, vm)).toEqual({ heardAt: at(1) });
  });
}
