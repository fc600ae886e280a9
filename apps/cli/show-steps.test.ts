import { systemClock } from '@trencadis/clock';
import { describe, expect, it } from 'vitest';
import { showSteps } from './show-steps.ts';
import { exampleWork, vmStep } from './testing/example-plan.ts';

const at = '2026-01-01T00:00:00.000Z';
const create = vmStep('create', 'db-1');

function screen(isTTY: boolean) {
  let text = '';
  const write = (more: string) => (text += more);
  return { terminal: { isTTY, columns: 80, rows: 24, write }, text: () => text };
}

describe('showSteps', () => {
  it('writes one line an event where there is no terminal', () => {
    const { terminal, text } = screen(false);
    const display = showSteps(exampleWork([create]), terminal, systemClock);
    for (const [sequence, kind] of ['started', 'progress', 'failed', 'undone', 'cancel-requested'].entries())
      display.take({
        sequence,
        kind,
        at,
        stepId: create.id,
        text: kind === 'failed' ? 'no\u001b[1m room' : '',
      });
    display.close();
    expect(text()).toBe(
      'started: create VM db-1\n  create VM db-1: \nFAILED: create VM db-1: no room\nundone: create VM db-1\ncancel-requested: create VM db-1\n',
    );
  });

  it('draws over what it drew, and leaves the end on the screen', () => {
    const { terminal, text } = screen(true);
    const display = showSteps(exampleWork([create]), terminal, systemClock);
    display.take({ sequence: 1, kind: 'started', at, stepId: create.id });
    display.close();
    display.close();
    expect(text().split('\u001b[0J')).toHaveLength(3);
    expect(text()).toContain('\u001b[2F\u001b[0J');
    expect(text().endsWith('\n')).toBe(true);
  });
});
