import { type Clock, parseInstant } from '@trencadis/clock';
import type { EventView } from '@trencadis/infrastructure/client';
import { drawBoard, plainText, shortTitle } from './draw-board.ts';
import { type ShownWork, StepBoard, type StepProgress } from './step-board.ts';

/** Where work is shown while it goes on. */
export interface StepDisplay {
  take(event: EventView): void;
  /** Leaves on the screen how it stands now. */
  close(): void;
}

/** Of a process: what it writes to, and what a terminal says of itself. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** A live tree on a terminal, plain lines elsewhere. */
export function showSteps(work: ShownWork, terminal: Terminal, clock: Clock): StepDisplay {
  return terminal.isTTY === true ? new LiveTree(work, terminal, clock) : plainLines(work, terminal);
}

/** One JSON value a line. */
export function jsonLines(terminal: Terminal): StepDisplay {
  return { take: (event) => terminal.write(`${JSON.stringify(event)}\n`), close: () => undefined };
}

function plainLines(work: ShownWork, terminal: Terminal): StepDisplay {
  const board = new StepBoard(work);
  return {
    take: (event) => {
      const progress = board.take(event);
      if (progress !== undefined) terminal.write(lineOf(work, progress, event));
    },
    close: () => undefined,
  };
}

const words: Readonly<Record<string, string>> = {
  started: 'started',
  succeeded: 'done',
  failed: 'FAILED',
  skipped: 'not begun',
  'undo-started': 'undoing',
  undone: 'undone',
  'undo-failed': 'NOT undone',
};

function lineOf({ infrastructureId }: ShownWork, { step }: StepProgress, { kind, text }: EventView): string {
  const title = shortTitle(step.title, infrastructureId);
  const said = text === undefined ? '' : plainText(text);
  if (kind === 'progress') return `  ${title}: ${said}\n`;
  return `${words[kind] ?? kind}: ${title}${said === '' ? '' : `: ${said}`}\n`;
}

const redrawMs = 100;
const clearToEnd = '\u001b[0J';

/** Redraws in place: on every event, but at most ten times a second, and each second for the elapsed times. */
class LiveTree implements StepDisplay {
  readonly #board: StepBoard;
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #timer: NodeJS.Timeout;
  #startedAt: Date;
  #drawnLines = 0;
  #drawnAtSecond = -1;
  #isDirty = true;

  constructor(work: ShownWork, terminal: Terminal, clock: Clock) {
    this.#board = new StepBoard(work);
    this.#terminal = terminal;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#timer = setInterval(() => this.#drawIfNeeded(), redrawMs);
  }

  take(event: EventView): void {
    if (event.sequence === 1) this.#startedAt = parseInstant(event.at);
    this.#board.take(event);
    this.#isDirty = true;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#draw();
  }

  #drawIfNeeded(): void {
    const second = Math.floor(this.#clock.now().getTime() / 1000);
    if (!this.#isDirty && second === this.#drawnAtSecond) return;
    this.#drawnAtSecond = second;
    this.#draw();
  }

  #draw(): void {
    const { columns = 80, rows = 24 } = this.#terminal;
    const now = this.#clock.now();
    const lines = drawBoard(this.#board, { columns, rows, now, startedAt: this.#startedAt });
    const up = this.#drawnLines === 0 ? '' : `\u001b[${this.#drawnLines}F`;
    this.#terminal.write(`${up}${clearToEnd}${lines.join('\n')}\n`);
    this.#drawnLines = lines.length;
    this.#isDirty = false;
  }
}
