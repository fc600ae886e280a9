import { describe, expect, it } from 'vitest';
import { drawBoard, elapsedText } from './draw-board.ts';
import { StepBoard } from './step-board.ts';
import { configureStep, exampleWork, manyVms, shellStep, vmStep } from './testing/example-plan.ts';

const at = '2026-01-01T00:00:00.000Z';
const startedAt = new Date(at);
const now = new Date('2026-01-01T00:01:05.000Z');
let sequence = 0;

function event(kind: string, stepId: string, text?: string) {
  sequence += 1;
  return { sequence, kind, stepId, at, ...(text === undefined ? {} : { text }) };
}

function boardOfOne() {
  const create = vmStep('create', 'db-1');
  const shell = shellStep('db-1', [create.id]);
  const configure = configureStep('db-1', [shell.id]);
  return { create, shell, configure, board: new StepBoard(exampleWork([create, shell, configure])) };
}

const screen = { columns: 80, rows: 24, now, startedAt };

describe('StepBoard', () => {
  it('knows what runs, what it said last, and what the next ones wait for', () => {
    const { create, shell, board } = boardOfOne();
    board.take(event('started', create.id));
    board.take(event('progress', create.id, 'copying the image'));
    expect(board.active).toMatchObject([{ state: 'running', line: 'copying the image' }]);
    expect(board.waiting(9)).toMatchObject([
      { step: { id: shell.id }, for: [create.title] },
      { for: [shell.title] },
    ]);
    board.take(event('succeeded', create.id));
    expect(board.counts).toMatchObject({ succeeded: 1, running: 0, waiting: 2 });
    expect(board.waiting(1)).toMatchObject([{ step: { id: shell.id }, for: [] }]);
  });

  it('remembers what failed also when it was undone', () => {
    const { create, board } = boardOfOne();
    for (const kind of ['started', 'failed', 'undo-started', 'undone'])
      board.take(event(kind, create.id, kind === 'failed' ? 'no room' : undefined));
    expect(board.troubled).toMatchObject([{ state: 'undone', error: 'no room' }]);
    expect(board.counts).toMatchObject({ undone: 1, failed: 0, undoing: 0 });
  });

  it('takes events about the whole plan, and of steps that it does not know', () => {
    const { board } = boardOfOne();
    expect(board.take(event('cancel-requested', '*', 'keep'))).toBeUndefined();
    expect(board.cancelled).toBe('keep');
  });
});

describe('drawBoard', () => {
  it('shows elapsed time, last line and what is waited for', () => {
    const { create, board } = boardOfOne();
    board.take(event('started', create.id));
    board.take(event('progress', create.id, 'copying'));
    expect(drawBoard(board, screen)).toEqual([
      'deploy plan-abcdef123456  1m05s  0/3 done, 1 running, 2 waiting',
      '  > create VM db-1 1m05s  copying',
      '    wait for SSH on db-1: waits for "create VM db-1"',
      '    configure db-1 with puppet: waits for "wait for SSH on db-1"',
    ]);
  });

  it('fits 1,000 VMs, many of them running and failed, on 80x24', () => {
    const work = exampleWork(manyVms(1000));
    const board = new StepBoard(work);
    for (const [index, { id }] of work.steps.entries()) {
      if (index % 3 !== 0) continue;
      board.take(event('started', id));
      if (index % 9 === 0) board.take(event('failed', id, 'no room '.repeat(30)));
    }
    const lines = drawBoard(board, screen);
    expect(lines.length).toBeLessThan(24);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    const text = lines.join('\n');
    expect(text).toContain('334 failed');
    expect(text).toMatch(/x create VM node-1 .*: no room/);
    expect(text).toMatch(/> create VM node-2/);
    expect(text).toMatch(/waits for/);
  });

  it('shows nothing of a machine’s output but its text', () => {
    const { create, board } = boardOfOne();
    board.take(event('started', create.id));
    board.take(event('progress', create.id, 'a\u001b[2Jb\r\nc\u0007'));
    expect(drawBoard(board, screen)[1]).toBe('  > create VM db-1 1m05s  ab c ');
  });

  it('keeps to small terminals', () => {
    const { board } = boardOfOne();
    expect(drawBoard(board, { ...screen, rows: 5, columns: 20 }).length).toBeLessThan(6);
  });
});

it.each([
  ['2026-01-01T00:00:59.900Z', '59s'],
  ['2026-01-01T01:03:09.000Z', '1h03m'],
  ['2025-12-31T23:00:00.000Z', '0s'],
])('until %s is %s', (until, text) => {
  expect(elapsedText(at, new Date(until))).toBe(text);
});
