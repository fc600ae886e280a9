import pLimit, { type LimitFunction } from 'p-limit';
import type { PlannedStep } from './model.ts';
import { type StepKinds, getStepKind } from './step-kinds.ts';

/** Runs a step's work as soon as there is a place for it. */
export type TakePlace = <Result>(step: PlannedStep, work: () => Promise<Result>) => Promise<Result>;

/**
 * One plan's: the places that all plans share, and one of its own, so that none stands still because of what takes long
 * in others. Steps that mostly wait take none.
 */
export function placesOfPlan<Context>(kinds: StepKinds<Context>, shared: LimitFunction): TakePlace {
  const own = pLimit(1);
  return async (step, work) => {
    if (getStepKind(kinds, step.kind).isWaiting === true) return work();
    return new Promise((resolve, reject) => {
      let isTaken = false;
      const takeOnce = async () => {
        if (isTaken) return;
        isTaken = true;
        try {
          resolve(await work());
        } catch (error) {
          reject(error);
        }
      };
      void own(takeOnce);
      void shared(takeOnce);
    });
  };
}
