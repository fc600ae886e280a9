import { type ErrorCode, PlatformError } from '@trencadis/errors';

export interface BuildFailure {
  readonly recipeId: string;
  readonly phase: string;
  /** The output so far. */
  readonly lines: readonly string[];
  readonly cause: unknown;
}

interface Explanation {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly remedy: string;
}

const shownLines = 12;
const searchedLines = 60;

const explanations: readonly Explanation[] = [
  {
    pattern: /No space left on device|ENOSPC|enough free space/i,
    code: 'quota-exceeded',
    remedy: 'The disk is full: free at least 3 GiB where images are kept and build again.',
  },
  {
    pattern:
      /Temporary failure resolving|Could not resolve|Unable to connect|Could not connect|Connection (timed out|refused|failed)|Network is unreachable|Failed to fetch/i,
    code: 'unavailable',
    remedy: "Debian's archive cannot be reached: check the network (and http_proxy) and build again.",
  },
  {
    pattern: /Unable to locate package|has no installation candidate|Couldn't find any package/i,
    code: 'invalid-argument',
    remedy: "A package of the recipe is not in this host's Debian sources: correct its name or the sources.",
  },
  {
    pattern: /NO_PUBKEY|is not signed|EXPKEYSIG|signatures? (couldn't be verified|were invalid)/i,
    code: 'unavailable',
    remedy:
      'An apt source is not signed by Debian: update the package debian-archive-keyring or mend the source.',
  },
];

const unexplained = { code: 'internal', remedy: 'Its last output says why.' } as const;

/** A failed build as an error that names the recipe, the phase, the remedy and the last lines of the output. */
export function describeBuildFailure({ recipeId, phase, lines, cause }: BuildFailure): PlatformError {
  const recent = lines.slice(-searchedLines).join('\n');
  const { code, remedy } = explanations.find(({ pattern }) => pattern.test(recent)) ?? unexplained;
  const tail = lines.slice(-shownLines).map((line) => `\n  ${line}`);
  const message = `Building image '${recipeId}' failed while ${phase}. ${remedy}${tail.join('')}`;
  return new PlatformError(code, message, { subject: recipeId, cause });
}
