import { sha256OfText } from '@trencadis/ids';

const maxServerTag = 60;

/** The tag that Nova lists by: at most 60 characters, so that a long one is shortened and told apart by its digest. */
export function serverTag(tag: string): string {
  const text = `trencadis=${tag}`;
  if (text.length <= maxServerTag) return text;
  return `${text.slice(0, 27)}~${sha256OfText(tag).slice(0, 32)}`;
}
