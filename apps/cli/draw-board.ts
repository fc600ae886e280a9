import { stripVTControlCharacters, styleText } from 'node:util';
import { parseInstant } from '@trencadis/clock';
import type { StepBoard, StepProgress } from './step-board.ts';
import { shortName } from './summarize-plan.ts';

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly now: Date;
  readonly startedAt: Date;
}

const mostWaiting = 3;

/**
 * A plan that runs, in at most as many lines as there are rows, less one for the cursor: counts; what failed; what
 * runs, for how long and its last line; what comes next and what it waits for.
 */
export function drawBoard(board: StepBoard, screen: Screen): readonly string[] {
  const { rows, columns } = screen;
  const draw = (text: string) => fit(text, columns);
  const bodyRows = Math.max(3, rows - 3);
  const next = board.waiting(mostWaiting);
  const failed = upTo(
    board.troubled.map(troubleLine(board)),
    Math.max(1, Math.floor((bodyRows - next.length) / 2)),
  );
  const left = Math.max(1, bodyRows - failed.length - next.length);
  const active = upTo(
    board.active.map((each) => activeLine(board, each, screen.now)),
    left,
  );
  const waiting = next.map(({ step, for: causes }) => waitingLine(board, step.title, causes));
  return [
    styleText('bold', draw(headline(board, screen))),
    ...failed.map((line) => styleText('red', draw(line))),
    ...active.map(draw),
    ...waiting.map((line) => styleText('dim', draw(line))),
  ];
}

function headline({ work, counts, cancelled }: StepBoard, { now, startedAt }: Screen): string {
  const { succeeded, running, waiting, failed, undoing, undone, skipped } = counts;
  const words = [
    `${succeeded}/${work.steps.length} done`,
    ...numbered({ failed, undone, undoing, running, waiting, 'not begun': skipped }),
    ...(counts['undo-failed'] > 0 ? [`${counts['undo-failed']} NOT undone`] : []),
  ];
  const stopping = cancelled === undefined ? '' : ` (stopping: ${cancelled})`;
  return `${work.title}${stopping}  ${elapsedText(startedAt, now)}  ${words.join(', ')}`;
}

function numbered(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).flatMap(([word, count]) => (count > 0 ? [`${count} ${word}`] : []));
}

function troubleLine({ work }: StepBoard) {
  return ({ step, state, error = '' }: StepProgress) =>
    `  x ${shortTitle(step.title, work.infrastructureId)}${state === 'undone' ? ' (undone)' : ''}: ${error}`;
}

function activeLine({ work }: StepBoard, { step, state, since, line }: StepProgress, now: Date): string {
  const verb = state === 'undoing' ? 'undo ' : '';
  const elapsed = since === undefined ? '' : ` ${elapsedText(since, now)}`;
  const said = line === undefined ? '' : `  ${line}`;
  return `  > ${verb}${shortTitle(step.title, work.infrastructureId)}${elapsed}${said}`;
}

function waitingLine({ work }: StepBoard, title: string, causes: readonly string[]): string {
  const [first] = causes;
  const short = (text: string) => shortTitle(text, work.infrastructureId);
  if (first === undefined) return `    ${short(title)}: next`;
  const others = causes.length > 1 ? ` and ${causes.length - 1} more` : '';
  return `    ${short(title)}: waits for "${short(first)}"${others}`;
}

/** Titles name things in full; within one infrastructure its id says nothing. */
export function shortTitle(title: string, infrastructureId: string | undefined): string {
  if (infrastructureId === undefined) return title;
  return title
    .split(' ')
    .map((word) => shortName(word, infrastructureId))
    .join(' ');
}

function upTo(lines: readonly string[], limit: number): readonly string[] {
  if (lines.length <= limit) return lines;
  const shown = lines.slice(0, limit - 1);
  return [...shown, `    ... and ${lines.length - shown.length} more`];
}

/** What machines say may hold anything: on a terminal only its text is shown. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');
}

function fit(text: string, columns: number): string {
  const plain = plainText(text);
  return plain.length <= columns ? plain : `${plain.slice(0, Math.max(0, columns - 1))}…`;
}

/** `7s`, `2m05s`, `1h03m`. Clocks may differ: never less than nothing. */
export function elapsedText(since: Date | string, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - parseTime(since)) / 1000));
  const two = (number: number) => String(number).padStart(2, '0');
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${two(Math.floor((seconds % 3600) / 60))}m`;
}

function parseTime(time: Date | string): number {
  return (typeof time === 'string' ? parseInstant(time) : time).getTime();
}
