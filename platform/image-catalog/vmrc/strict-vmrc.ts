import type { ImageRequirements, Requirement } from '../model.ts';
import { type StrictLine, readStrictLine } from './strict-line.ts';
import { type VmrcDiagnostic, toDiagnostic } from './vmrc-diagnostic.ts';
import type { VmrcQuery } from './vmrc-query.ts';

type Understood = Exclude<StrictLine, { kind: 'error' }>;

/**
 * VMRC 2.1.2's own grammar (spec image-catalog, section 3), with its errors in its words and its misreadings, which
 * are told as warnings. It stops at the first error. Of several statements on one key it heeds the first (section 5).
 * Comparing is ours: sizes are numbers, and names are compared without regard to case.
 */
export function parseStrictVmrc(text: string): VmrcQuery {
  const collected = new StrictRequirements();
  for (const [index, source] of splitLines(text).entries()) {
    const line = readStrictLine(source);
    if (line.kind !== 'error') {
      collected.add(index + 1, line);
      continue;
    }
    const error = toDiagnostic(index + 1, { ...line, column: 1 });
    return { requirements: { hard: [], soft: [] }, diagnostics: [...collected.warnings, error] };
  }
  return { requirements: collected.requirements, diagnostics: collected.warnings };
}

/** As Java's `split`, which drops empty lines at the end. An empty text asks for nothing. */
function splitLines(text: string): readonly string[] {
  if (text === '') return [];
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  return lines.slice(0, Math.max(1, lines.findLastIndex((line) => line !== '') + 1));
}

class StrictRequirements {
  readonly #hard: Requirement[] = [];
  readonly #soft: ImageRequirements['soft'][number][] = [];
  readonly #seen = new Set<string>();
  readonly warnings: VmrcDiagnostic[] = [];

  get requirements(): ImageRequirements {
    return { hard: this.#hard, soft: this.#soft };
  }

  add(number: number, line: Understood): void {
    if (line.kind === 'simple') return this.#addSimple(number, line);
    if (line.warning !== undefined) this.#warn(number, line.warning);
    if (line.kind === 'ignored') return;
    if (line.weight === undefined) this.#hard.push(line.requirement);
    else this.#soft.push({ weight: line.weight, requirements: [line.requirement] });
  }

  #addSimple(number: number, { key, requirement }: Extract<StrictLine, { kind: 'simple' }>): void {
    if (this.#seen.has(key)) this.#warn(number, `VMRC heeds only the first statement on ${key}`);
    else this.#hard.push(requirement);
    this.#seen.add(key);
  }

  #warn(line: number, message: string): void {
    this.warnings.push(toDiagnostic(line, { column: 1, message, severity: 'warning' }));
  }
}
