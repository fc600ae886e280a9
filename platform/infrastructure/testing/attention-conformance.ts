import { newPlanId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import type { InfrastructureStore } from '../store.ts';
import { desiredFront, exampleInfrastructure, examplePlan } from './examples.ts';

const second = 1000;
const at = (seconds: number) => new Date(seconds * second);

/** What every {@link AttentionStore} must do. */
export function describeAttention(store: () => InfrastructureStore): void {
  const inserted = async (name: string) => {
    const infrastructure = exampleInfrastructure(name);
    await store().insert(infrastructure);
    return infrastructure.id;
  };
  const claim = (seconds: number, limit = 10) => store().claimDue(at(seconds), 60 * second, limit);

  it('gives nothing before it is due, then to one claim only until the lease ends', async () => {
    const id = await inserted('one');
    expect(await claim(100)).toEqual([]);
    await store().requestAttention(id, at(10));
    expect(await claim(9)).toEqual([]);
    expect(await claim(10)).toEqual([{ id, until: at(70) }]);
    expect(await claim(69)).toEqual([]);
    expect(await claim(70)).toEqual([{ id, until: at(130) }]);
  });

  it('keeps the earlier of two requests, also under a claim', async () => {
    const id = await inserted('one');
    await store().requestAttention(id, at(10));
    await store().requestAttention(id, at(20));
    await claim(10);
    await store().requestAttention(id, at(12));
    expect(await claim(11)).toEqual([]);
    expect(await claim(12)).toHaveLength(1);
  });

  it('is settled by who holds the claim, unless a look was requested meanwhile', async () => {
    const id = await inserted('one');
    await store().requestAttention(id, at(1));
    const [first] = await claim(1);
    await store().settleAttention(first!, at(5));
    expect(await claim(4)).toEqual([]);
    const [next] = await claim(5);
    await store().requestAttention(id, at(6));
    await store().settleAttention(next!, undefined);
    const [last] = await claim(6);
    expect(last?.id).toBe(id);
    await store().settleAttention(last!, undefined);
    expect(await claim(1e6)).toEqual([]);
  });

  it('gives the longest waiting first, and each to one of several who claim at once', async () => {
    const ids = [];
    for (let index = 0; index < 6; index += 1) {
      const id = await inserted(`number-${index}`);
      ids.unshift(id);
      await store().requestAttention(id, at(10 - index));
    }
    expect((await claim(20, 2)).map(({ id }) => id).toSorted()).toEqual(ids.slice(0, 2).toSorted());
    const claims = await Promise.all([claim(20, 3), claim(20, 3), claim(20, 3)]);
    expect(
      claims
        .flat()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(ids.slice(2).toSorted());
  });

  it('remembers what a plan went on as', async () => {
    const infrastructure = exampleInfrastructure('front');
    await store().insert(infrastructure);
    const plan = examplePlan(infrastructure, desiredFront(infrastructure));
    await store().insertPlan(plan);
    expect(await store().findContinuation(plan.id)).toBeUndefined();
    await store().setContinuation(plan.id, 'none');
    expect(await store().findContinuation(plan.id)).toBe('none');
    const next = newPlanId();
    await store().setContinuation(plan.id, next);
    expect(await store().findContinuation(plan.id)).toBe(next);
    expect(await store().findContinuation(newPlanId())).toBeUndefined();
    expect(await store().findPlan(plan.id)).toStrictEqual(plan);
  });
}
