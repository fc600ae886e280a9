import { EOF, type IParserErrorMessageProvider, type IToken, type TokenType, tokenLabel } from 'chevrotain';

/** What the grammar says of a token that does not fit, in RADL's words. */
export const syntaxMessages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, actual }) =>
    `${tokenLabel(expected)} is expected before ${found(actual)}`,
  buildNotAllInputParsedMessage: ({ firstRedundant }) =>
    `a section is expected before ${found(firstRedundant)}`,
  buildNoViableAltMessage: ({ expectedPathsPerAlt, actual }) =>
    `${listed(expectedPathsPerAlt)} is expected before ${found(actual[0])}`,
  buildEarlyExitMessage: ({ expectedIterationPaths, actual }) =>
    `${listed([expectedIterationPaths])} is expected before ${found(actual[0])}`,
};

export function found(token: IToken | undefined): string {
  if (token === undefined || token.tokenType === EOF) return 'the end of the document';
  const image = token.image.length > 40 ? `${token.image.slice(0, 40)}...` : token.image;
  return image.startsWith("'") ? `the text ${image}` : `"${image}"`;
}

function listed(alternatives: readonly (readonly (readonly TokenType[])[])[]): string {
  const labels = new Set<string>();
  for (const path of alternatives.flat()) {
    const first = path[0];
    if (first !== undefined) labels.add(tokenLabel(first));
  }
  const all = [...labels];
  const last = all.pop();
  return all.length === 0 ? `${last}` : `${all.join(', ')} or ${last}`;
}
