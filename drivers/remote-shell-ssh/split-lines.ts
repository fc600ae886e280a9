export interface LineSplitter {
  push(text: string): void;
  /** Gives what stands after the last line end, if anything does. */
  end(): void;
}

/** Cuts text that comes in any pieces into lines, without their line ends (`\n` or `\r\n`). */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  let rest = '';
  return {
    push: (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    },
    end: () => {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
