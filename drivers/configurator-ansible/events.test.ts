import { describe, expect, it } from 'vitest';
import { type TaskOutcome, describeEvent, parseEvent, reasonOf } from './events.ts';

const outcome: TaskOutcome = {
  event: 'outcome',
  outcome: 'failed',
  host: 'vm-1',
  task: 'Install nginx',
  message: 'No package',
  output: '',
  isDelegated: false,
};

describe('parseEvent', () => {
  it("reads the plugin's lines and no others", () => {
    expect(parseEvent('{"event": "task", "task": "a"}')).toEqual({ event: 'task', task: 'a' });
    expect(parseEvent('[WARNING]: {"event": "task"}')).toBeUndefined();
    expect(parseEvent('')).toBeUndefined();
  });
});

describe('describeEvent', () => {
  it('says which task came to what on which machine, and why it failed', () => {
    expect(describeEvent({ event: 'task', task: 'Install nginx' })).toBe('task Install nginx');
    expect(describeEvent({ ...outcome, outcome: 'changed' })).toBe('vm-1: Install nginx: changed');
    expect(describeEvent(outcome)).toBe('vm-1: Install nginx: failed: No package');
    expect(describeEvent({ ...outcome, outcome: 'ignored' })).toBe(
      'vm-1: Install nginx: ignored: No package',
    );
  });
});

describe('reasonOf', () => {
  it('holds the failed items and the end of the output', () => {
    const output = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n');
    const items = [{ item: 'a', message: 'non-zero return code', output: 'oh no' }];
    const lines = reasonOf({ ...outcome, items, output }).split('\n');
    expect(lines.slice(0, 4)).toEqual(['No package', 'a: non-zero return code', 'oh no', 'line 10']);
    expect(lines.at(-1)).toBe('line 29');
  });
});
