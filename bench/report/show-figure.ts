export interface Figure {
  readonly label: string;
  readonly value: string;
  /** Above 1 is better than the baseline. */
  readonly ratio: number;
}

/** One line: what was measured, how much, and how many times as good as the baseline. */
export function showFigure({ label, value, ratio }: Figure): void {
  process.stdout.write(`${label.padEnd(52)} ${value.padStart(10)}  ${ratio.toFixed(2)} x baseline\n`);
}
