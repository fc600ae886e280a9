import { createContext, runInContext } from 'node:vm';
import { ImRefusal } from './im-refusal.ts';

const timeoutMs = 100;

/**
 * Which of the texts a regular expression of a caller is found in. It runs with a time limit: some take for ever on
 * some texts, and nobody else would be served.
 */
export function matchTexts(pattern: string, texts: readonly string[]): readonly boolean[] {
  const context = createContext({ pattern: compile(pattern), texts });
  try {
    return runInContext('texts.map((text) => pattern.test(text))', context, {
      timeout: timeoutMs,
    }) as boolean[];
  } catch (cause) {
    throw new ImRefusal(400, `The filter took too long to try, or cannot be tried: ${nameOf(cause)}.`);
  }
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch {
    throw new ImRefusal(400, 'The filter is not a regular expression.');
  }
}

function nameOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'it failed';
}
