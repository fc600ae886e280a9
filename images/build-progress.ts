export interface BuildProgress {
  /** 0 to 100, never falling; installing packages is most of it. */
  readonly percent: number;
  /** One line for a person: what is being done now. */
  readonly line: string;
}

export type OnProgress = (progress: BuildProgress) => void;

/** mmdebstrap's own announcements, with the share of the build that lies before each. */
const phases: readonly (readonly [announcement: string, percent: number])[] = [
  ['I: running apt-get update', 2],
  ['I: downloading packages', 6],
  ['I: extracting archives', 10],
  ['I: installing essential packages', 30],
  ['I: installing remaining packages', 45],
  ['I: cleaning package lists', 85],
];

const installing = { from: 45, to: 85 } as const;

/** Turns mmdebstrap's verbose output into progress: phases, and each package as it is set up. */
export function followBootstrap(onProgress: OnProgress): (line: string) => void {
  let percent = 0;
  let expected = 0;
  let done = 0;
  return (line) => {
    const phase = phaseOf(line);
    const counted = /(\d+) newly installed/.exec(line)?.[1];
    if (counted !== undefined) [expected, done] = [Number(counted), 0];
    const configured = /^Setting up (\S+) \((\S+)\)/.exec(line);
    if (phase !== undefined) {
      percent = phase[1];
      onProgress({ percent, line: line.slice('I: '.length) });
    } else if (configured !== null && expected > 0 && percent >= installing.from) {
      done += 1;
      percent =
        installing.from +
        Math.floor(((installing.to - installing.from) * Math.min(done, expected)) / expected);
      onProgress({ percent, line: `installed ${String(configured[1])} ${String(configured[2])}` });
    }
  };
}

/** The phase in which the output ends, in mmdebstrap's words. */
export function lastPhaseOf(lines: readonly string[]): string {
  const announced = lines.findLast((line) => phaseOf(line) !== undefined) ?? 'I: starting mmdebstrap';
  return announced.slice('I: '.length).replace(/\.+$/, '');
}

function phaseOf(line: string): (typeof phases)[number] | undefined {
  return phases.find(([announcement]) => line.startsWith(announcement));
}
