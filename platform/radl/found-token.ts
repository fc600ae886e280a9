import { EOF, type IToken } from 'chevrotain';

/** A token as messages name it. */
export function found(token: IToken): string {
  if (token.tokenType === EOF) return 'the end of the document';
  const image = token.image.length > 40 ? `${token.image.slice(0, 40)}...` : token.image;
  return image.startsWith("'") ? `the text ${image}` : `"${image}"`;
}
