import type { PlanId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import {
  type SagaStatus,
  type StepEvent,
  type StepGraph,
  deriveEnding,
  deriveSagaStatus,
  deriveStartedSteps,
  deriveStepStates,
} from './index.ts';

const planId = 'plan-aaaaaaaaaaaa' as PlanId;
const step = (id: string, after: string[]) => ({ id, kind: 'k@1', title: id, args: {}, after });
/** b stands on a. */
const graph: StepGraph = { planId, steps: [step('a', []), step('b', ['a'])], onFailure: 'undo' };

/** `a started` is one event, `* cancel-requested keep` another. */
function eventsOf(lines: string): StepEvent[] {
  return lines
    .split(',')
    .map((line) => line.trim().split(' '))
    .filter(([stepId]) => stepId !== '')
    .map(([stepId = '', kind, text], index) => ({
      sequence: index + 1,
      planId,
      stepId,
      kind: kind as StepEvent['kind'],
      at: new Date(index),
      ...(text === undefined ? {} : { text }),
    }));
}

describe('deriveSagaStatus', () => {
  it.each<[SagaStatus, string]>([
    ['planned', ''],
    ['running', 'a started'],
    ['running', 'a started, a succeeded'],
    ['running', 'a started, a progress hello'],
    ['running', '* cancel-requested undo'],
    ['succeeded', 'a started, a succeeded, b started, b succeeded'],
    ['succeeded', 'a started, a started, a succeeded, b started, b succeeded'],
    ['undoing', 'a started, a succeeded, b started, b failed'],
    ['undoing', 'a started, a succeeded, b started, b failed, b undo-started'],
    ['undoing', 'a started, a succeeded, b started, b failed, b undo-started, b undone'],
    ['undone', 'a started, a failed, b skipped, a undo-started, a undone'],
    ['undone', 'a skipped, b skipped'],
    ['undone', '* cancel-requested undo, a skipped, b skipped'],
    ['stuck', 'a started, a succeeded, b started, b failed, b undo-started, b undo-failed'],
    ['stuck', 'a started, a failed, b skipped, a undo-started, a undo-failed'],
    ['undoing', 'a started, a failed, b skipped, a undo-started, a undo-failed, a undo-started'],
    ['kept', 'a started, * cancel-requested keep, a failed, b skipped'],
    ['undoing', '* cancel-requested keep, a started, * cancel-requested undo, a failed, b skipped'],
    ['undoing', 'a started, a succeeded, b started, * cancel-requested undo, b succeeded'],
    ['succeeded', 'a started, a succeeded, b started, * cancel-requested keep, b succeeded'],
    ['succeeded', 'a started, a succeeded, b started, b succeeded, * cancel-requested undo'],
  ])('is %s after: %s', (status, lines) => {
    expect(deriveSagaStatus(graph, eventsOf(lines))).toBe(status);
  });

  it('is succeeded when there is nothing to do, and kept when the plan says so', () => {
    expect(deriveSagaStatus({ ...graph, steps: [] }, [])).toBe('succeeded');
    expect(
      deriveSagaStatus({ ...graph, onFailure: 'keep' }, eventsOf('a started, a failed, b skipped')),
    ).toBe('kept');
  });
});

it('deriveEnding ignores a cancel that came after the last step had ended', () => {
  const failed = 'a started, a failed, b skipped';
  expect(deriveEnding(graph, eventsOf(`${failed}, * cancel-requested keep`))).toBe('undo');
  expect(deriveEnding(graph, eventsOf(`* cancel-requested keep, ${failed}`))).toBe('keep');
});

it('deriveStepStates and deriveStartedSteps tell each step apart', () => {
  const events = eventsOf('a started, a progress x, z started, b skipped');
  expect(Object.fromEntries(deriveStepStates(graph, events))).toEqual({ a: 'running', b: 'skipped' });
  expect([...deriveStartedSteps(events)]).toEqual(['a', 'z']);
});
