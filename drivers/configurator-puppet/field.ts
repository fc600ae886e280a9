/** What a title or an attribute of a resource line may be. */
export interface Field {
  readonly pattern: RegExp;
  /** Completes "must be ...". */
  readonly mustBe: string;
}

export const absolutePath: Field = { pattern: /^\/[\w./@+-]*$/, mustBe: 'an absolute path' };
