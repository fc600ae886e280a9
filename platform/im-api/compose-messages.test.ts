import { parseInstant } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import type { StepEvent, StepEventKind } from '@trencadis/saga';
import { expect, it } from 'vitest';
import { composeMessages, printMessages } from './compose-messages.ts';

const planId = brandId('PlanId', 'plan-aaaaaaaaaaaa');
const at = parseInstant('2026-01-31T12:00:00.000Z');
const step = (id: string, title: string) => ({ id, title, kind: 'x@1', args: {}, after: [] });
const steps = [
  step('create-vm:a@memory', 'create VM a'),
  step('configure-vm:a:1', 'configure a with ansible'),
];
const event = (stepId: string, kind: StepEventKind, text?: string): StepEvent => ({
  sequence: 1,
  planId,
  stepId,
  kind,
  at,
  ...(text === undefined ? {} : { text }),
});

it('tells of machines at the head, and below each VM what its recipes printed', () => {
  const messages = composeMessages({ steps }, [
    event('create-vm:a@memory', 'started'),
    event('create-vm:a@memory', 'succeeded'),
    event('configure-vm:a:1', 'started'),
    event('configure-vm:a:1', 'progress', 'TASK [x]'),
    event('configure-vm:a:1', 'failed', 'no space left'),
    event('*', 'cancel-requested', 'keep'),
  ]);
  expect(messages.header).toBe(
    '2026-01-31 12:00:00.000: create VM a: begins\n2026-01-31 12:00:00.000: create VM a: done\n',
  );
  expect(
    printMessages(messages, [
      { id: 7, name: 'a' },
      { id: 8, name: 'b' },
    ]).slice(messages.header.length),
  ).toBe(
    [
      'VM 7:',
      '2026-01-31 12:00:00.000: configure a with ansible: begins',
      'TASK [x]',
      '2026-01-31 12:00:00.000: configure a with ansible: FAILED: no space left',
      '***********************************************',
      '',
    ].join('\n'),
  );
});
