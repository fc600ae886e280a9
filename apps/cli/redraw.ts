import type { Terminal } from './show-steps.ts';

const clearScreen = '\u001b[H\u001b[2J';

/** Shows a text instead of what is on the screen; what has no room is counted. */
export function redraw(text: string, terminal: Terminal): void {
  const { rows = 24 } = terminal;
  const lines = text.trimEnd().split('\n');
  const shown = lines.length < rows ? lines : lines.slice(0, rows - 2);
  const hidden = lines.length - shown.length;
  terminal.write(`${clearScreen}${shown.join('\n')}\n${hidden > 0 ? `... and ${hidden} more lines\n` : ''}`);
}
