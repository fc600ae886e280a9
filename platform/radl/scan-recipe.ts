import type { Dialect } from './model.ts';

export interface ScannedRecipe {
  readonly end: number;
  readonly text: string;
  /** Why the recipe is not closed as it should be. */
  readonly problem?: 'no-end' | 'next-recipe-starts';
  /** True: the problem is none to IM, which goes on to the next @end. */
  readonly isRead?: boolean;
}

const opening = '@begin';
const closing = '\n@end';
const innerBegin = /^@begin/m;
const whereRecipeEnds =
  /^(?:[ \t]*@end|[ \t]*@begin|\)|(?:network|system|configure|deploy|contextualize|ansible)[ \t])/gm;

/** Reads recipes: raw lines from `@begin` to a line that starts, in column 1, with `@end`. */
export class RecipeScanner {
  readonly #source: string;
  readonly #dialect: Dialect;
  // Kept between recipes, so that many `@begin` without end cost one search.
  #nextEnd = -1;
  #searchedFrom = -1;

  constructor(source: string, dialect: Dialect) {
    this.#source = source;
    this.#dialect = dialect;
  }

  isAt(offset: number): boolean {
    return this.#source.startsWith(opening, offset);
  }

  scan(start: number): ScannedRecipe {
    const from = start + opening.length;
    const end = this.#endAfter(from);
    if (end < 0) return this.#cut(from, 'no-end');
    const body = this.#source.slice(from, end);
    const recipe = { end: end + closing.length, text: withoutFirstBlankLine(body) };
    if (!innerBegin.test(body)) return recipe;
    if (this.#dialect === 'im') return { ...recipe, problem: 'next-recipe-starts', isRead: true };
    return this.#cut(from, 'next-recipe-starts');
  }

  #endAfter(from: number): number {
    const isKnown = this.#searchedFrom >= 0 && (this.#nextEnd < 0 || this.#nextEnd >= from);
    if (!isKnown) {
      this.#searchedFrom = from;
      this.#nextEnd = this.#source.indexOf(closing, from);
    }
    return this.#nextEnd;
  }

  #cut(from: number, problem: NonNullable<ScannedRecipe['problem']>): ScannedRecipe {
    whereRecipeEnds.lastIndex = this.#source.indexOf('\n', from) + 1 || this.#source.length;
    const match = whereRecipeEnds.exec(this.#source);
    const stop = match?.index ?? this.#source.length;
    const isMisplacedEnd = match?.[0].endsWith('@end') === true;
    const end = isMisplacedEnd ? stop + match[0].length : stop;
    const body = this.#source.slice(from, stop).replace(/\n$/, '');
    return { end, text: withoutFirstBlankLine(body), problem };
  }
}

/** What follows `@begin` on its line is the recipe's first line, unless it is blank. */
function withoutFirstBlankLine(body: string): string {
  const newline = body.indexOf('\n');
  const first = newline < 0 ? body : body.slice(0, newline);
  if (first.trim() !== '') return body;
  return newline < 0 ? '' : body.slice(newline + 1);
}
