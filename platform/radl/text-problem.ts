import type { Problem } from './diagnostics.ts';
import type { Dialect } from './model.ts';
import type { ScannedText } from './scan-text.ts';

const manyRandom = /^random\(\d{2,}\)$/;
const escapedNewline = /(?<!\\)(?:\\\\)*\\\n/;

/** What is wrong with the form of a text in quotes, if anything. */
export function textProblem(
  { isClosed, text }: ScannedText,
  dialect: Dialect,
): Omit<Problem, 'span'> | undefined {
  if (!isClosed) {
    return { code: 'RADL102', message: 'this text has no closing quote', hint: `write '${text}'` };
  }
  if (manyRandom.test(text)) {
    const message = `'${text}' asks for more characters than random(N) makes`;
    return { code: 'RADL107', message, hint: "write one digit: 'random(9)'" };
  }
  if (dialect === 'im' && escapedNewline.test(text)) {
    return { code: 'RADL102', message: 'IM does not read a backslash at the end of a line of a text' };
  }
  return undefined;
}
