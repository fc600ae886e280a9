import { ImValidationError } from './im-refusal.ts';

const yes = new Set(['1', 'true', 't', 'yes', 'y', 'on']);
const no = new Set(['0', 'false', 'f', 'no', 'n', 'off']);

/** The parameters behind the `?`; of one that is there twice, the last. */
export class ImQuery {
  readonly #values: ReadonlyMap<string, string>;

  constructor(url: string) {
    const start = url.indexOf('?');
    this.#values = new Map(new URLSearchParams(start < 0 ? '' : url.slice(start + 1)));
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  required(name: string): string {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    throw new ImValidationError({ type: 'missing', loc: ['query', name], msg: 'Field required' });
  }

  boolean(name: string, otherwise: boolean): boolean {
    const value = this.#values.get(name);
    if (value === undefined) return otherwise;
    const word = value.toLowerCase();
    if (yes.has(word)) return true;
    if (no.has(word)) return false;
    const msg = 'Input should be a valid boolean, unable to interpret input';
    throw new ImValidationError({ type: 'bool_parsing', loc: ['query', name], msg, input: value });
  }
}

/** A number in a path or a query. */
export function readInteger(where: 'path' | 'query', name: string, value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const msg = 'Input should be a valid integer, unable to parse string as an integer';
  throw new ImValidationError({ type: 'int_parsing', loc: [where, name], msg, input: value });
}
