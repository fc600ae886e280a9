interface Problem {
  readonly message: string;
  readonly pos: readonly [number, number];
}

const indentation = ' '.repeat(80);

/**
 * The text with the lines inside the quotes or brackets that `problem` is about indented as YAML 1.2 wants them:
 * PyYAML reads them wherever they start, and people write them so. `undefined`: the problem is another one.
 */
export function withIndentedBrackets(text: string, { message, pos }: Problem): string | undefined {
  const quote = /^Missing closing (["'])/.exec(message)?.[1];
  const bracket = /^Flow .* sufficiently indented and end with a (.)/.exec(message)?.[1];
  const closing = quote ?? bracket;
  if (closing === undefined) return undefined;
  // A quote breaks off at the end of its line, a bracket at the start of the next.
  const start = quote === undefined ? text.lastIndexOf('\n', pos[0] - 1) : text.indexOf('\n', pos[0]);
  const end = text.indexOf(closing, Math.max(start, 0));
  if (start < 0 || end < 0) return undefined;
  return text.slice(0, start) + text.slice(start, end).replaceAll('\n', `\n${indentation}`) + text.slice(end);
}
