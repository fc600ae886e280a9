import { DiagnosticList, type Problem } from './diagnostics.ts';
import type { Owner } from './feature-key.ts';
import { keysLike } from './feature-keys.ts';
import type { Dialect, RadlDocument } from './model.ts';
import { Suggestions } from './nearest.ts';

/** Different unknown keys of one document that get a hint; beyond, hints help nobody and cost time. */
const mostKeyHints = 200;

/** What every check of one document shares. */
export class Checking {
  readonly document: RadlDocument;
  readonly dialect: Dialect;
  readonly found = new DiagnosticList();
  readonly networkIds: ReadonlySet<string>;
  readonly systemIds: ReadonlySet<string>;
  readonly serviceIds: ReadonlySet<string>;
  readonly configureIds: ReadonlySet<string>;
  readonly ansibleIds: ReadonlySet<string>;
  readonly #suggestions = new Suggestions();
  readonly #keyHints = new Map<string, string | undefined>();

  constructor(document: RadlDocument, dialect: Dialect) {
    this.document = document;
    this.dialect = dialect;
    this.networkIds = idsOf(document.networks);
    this.systemIds = idsOf(document.systems);
    this.serviceIds = idsOf(document.services);
    this.configureIds = idsOf(document.configures);
    this.ansibleIds = idsOf(document.ansibles);
  }

  /** For what IM accepts in silence: a warning in its dialect, an error in the others. */
  get severityOfSilence(): 'warning' | 'error' {
    return this.dialect === 'im' ? 'warning' : 'error';
  }

  report(problem: Problem): void {
    this.found.add(problem);
  }

  /** `write x`, for the candidate nearest to what was written. */
  nearest(name: string, candidates: Iterable<string>, quote = ''): string | undefined {
    const best = this.#suggestions.nearest(name, candidates);
    return best === undefined ? undefined : `write ${quote}${best}${quote}`;
  }

  /** `write key`, for the known key nearest to what was written. */
  nearestKey(owner: Owner, key: string): string | undefined {
    const name = `${owner} ${key}`;
    if (!this.#keyHints.has(name) && this.#keyHints.size < mostKeyHints) {
      this.#keyHints.set(name, this.nearest(key, keysLike(owner, key)));
    }
    return this.#keyHints.get(name);
  }
}

function idsOf(sections: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(sections.map(({ id }) => id));
}
