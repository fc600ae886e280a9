import { newInfrastructureId, newPlanId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import type { Infrastructure } from '../model.ts';
import type { InfrastructureStore } from '../store.ts';
import { desiredFront, exampleInfrastructure, examplePlan } from './examples.ts';

/** What every store must do with plans. */
export function describePlanStore(store: () => InfrastructureStore): void {
  it('gives a plan back strictly equal, so that a stale one can be told', async () => {
    const infrastructure = exampleInfrastructure('front');
    await store().insert(infrastructure);
    const plan = examplePlan(infrastructure, desiredFront(infrastructure));
    expect(plan.steps.length).toBeGreaterThan(3);
    await store().insertPlan(plan);
    expect(await store().findPlan(plan.id)).toStrictEqual(plan);
    expect(await store().findPlan(newPlanId())).toBeUndefined();
    const { id, kind, steps, createdAt, createdBy } = plan;
    const summary = { id, kind, stepCount: steps.length, createdAt, createdBy };
    expect(await store().findPlanSummaries([id, newPlanId()])).toStrictEqual([summary]);
    expect(await store().findPlanSummaries([])).toEqual([]);
  });

  it('gives a plan with nothing optional back strictly equal', async () => {
    const infrastructure = exampleInfrastructure('front');
    await store().insert(infrastructure);
    const {
      impulse: _,
      cost: __,
      basedOn: ___,
      ...plan
    } = examplePlan(infrastructure, desiredFront(infrastructure));
    await store().insertPlan(plan);
    expect(await store().findPlan(plan.id)).toStrictEqual(plan);
  });

  it('answers the images of a plan alone', async () => {
    const infrastructure = exampleInfrastructure('front');
    await store().insert(infrastructure);
    const plan = examplePlan(infrastructure, desiredFront(infrastructure));
    await store().insertPlan(plan);
    expect(await store().findPlanImages(plan.id)).toStrictEqual(plan.images);
    expect(await store().findPlanImages(newPlanId())).toEqual([]);
  });

  it('lists the plans of one infrastructure, newest first, without their steps', async () => {
    const [one, two] = [exampleInfrastructure('one'), exampleInfrastructure('two')];
    await store().insert(one);
    await store().insert(two);
    const planOf = (infrastructure: Infrastructure, at: number) => ({
      ...examplePlan(infrastructure, desiredFront(infrastructure)),
      createdAt: new Date(at),
    });
    const [older, newer, other] = [planOf(one, 1000), planOf(one, 2000), planOf(two, 3000)];
    for (const each of [newer, older, other]) await store().insertPlan(each);
    expect(await store().listPlans(one.id)).toStrictEqual(
      [newer, older].map(({ id, kind, steps, createdAt, createdBy }) => ({
        id,
        kind,
        stepCount: steps.length,
        createdAt,
        createdBy,
      })),
    );
  });

  it('makes a plan the active one only in the place of the one that was seen', async () => {
    const { id } = exampleInfrastructure('front');
    await store().insert({ ...exampleInfrastructure('front'), id });
    const [first, second] = [newPlanId(), newPlanId()];
    expect(await store().claimActivePlan(id, first, second)).toBe('taken');
    expect(await store().claimActivePlan(id, first, undefined)).toBe('claimed');
    expect(await store().claimActivePlan(id, second, undefined)).toBe('taken');
    expect(await store().claimActivePlan(id, second, first)).toBe('claimed');
    expect((await store().find(id))?.activePlanId).toBe(second);
    expect(await store().claimActivePlan(newInfrastructureId(), first, undefined)).toBe('taken');
  });

  it('lets exactly one of many claims at the same moment win', async () => {
    const { id } = exampleInfrastructure('front');
    await store().insert({ ...exampleInfrastructure('front'), id });
    let previous = undefined as ReturnType<typeof newPlanId> | undefined;
    for (let round = 0; round < 5; round++) {
      const rivals = Array.from({ length: 8 }, () => newPlanId());
      const outcomes = await Promise.all(rivals.map((each) => store().claimActivePlan(id, each, previous)));
      expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
      previous = rivals[outcomes.indexOf('claimed')];
      expect((await store().find(id))?.activePlanId).toBe(previous);
    }
  });
}
