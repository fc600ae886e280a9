import { LineReader, type Place } from './line-reader.ts';
import { type VmrcDiagnostic, toDiagnostic } from './vmrc-diagnostic.ts';

export type VmrcOperator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'prefix';

/** `key operator value`; several values are those of `in (...)`. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly key: string;
  readonly operator: VmrcOperator;
  readonly values: readonly string[];
  readonly column: number;
}

/** `disk.applications contains (...)`. */
export interface Contains {
  readonly kind: 'contains';
  readonly key: string;
  readonly fields: readonly Comparison[];
  readonly column: number;
}

export type Condition = Comparison | Contains;

/** One line: conditions that must all hold, or at least one of them; hard without a weight. */
export interface Statement {
  readonly line: number;
  readonly column: number;
  readonly weight?: number;
  readonly joinedBy: 'and' | 'or';
  readonly conditions: readonly Condition[];
}

export interface StatementReading {
  readonly statements: readonly Statement[];
  readonly diagnostics: readonly VmrcDiagnostic[];
}

const word = /[A-Za-z_][\w.-]*/y;
const soft = /soft(?![\w.-])/iy;
const weight = /[-+]?\d+(?:\.\d+)?/y;
const contains = /contains(?![\w.-])/iy;
const oneOf = /in(?=\s*\()/iy;
const operators = /<=|>=|==|!=|<|>|=|~/y;
const meaning: ReadonlyMap<string, VmrcOperator> = new Map([
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
  ['~', 'prefix'],
]);
const operatorHint = 'write one of = != < <= > >= ~ in contains';

/** Text of the tolerant dialect, one statement a line. A line with a problem gives no statement. Never throws. */
export function readStatements(text: string): StatementReading {
  const statements: Statement[] = [];
  const diagnostics: VmrcDiagnostic[] = [];
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const reader = new LineReader(line);
    if (reader.isAtEnd) continue;
    const statement = readStatement(reader, index + 1);
    if (statement !== undefined) statements.push(statement);
    if (reader.problem !== undefined) diagnostics.push(toDiagnostic(index + 1, reader.problem));
  }
  return { statements, diagnostics };
}

function readStatement(reader: LineReader, line: number): Statement | undefined {
  const { column } = reader;
  const isSoft = reader.take(soft) !== undefined;
  const found = isSoft ? readWeight(reader) : undefined;
  const first = readCondition(reader);
  const joiner = reader.take(/&&|\|\|/y);
  const conditions = [first];
  for (let next = joiner; next !== undefined; next = reader.take(/&&|\|\|/y)) {
    if (next !== joiner) {
      reader.fail('&& and || are mixed in one line', 'write what && joins on lines of their own');
    }
    conditions.push(readCondition(reader));
  }
  if (!reader.isAtEnd) reader.fail('the statement ends before this', 'write one statement a line');
  if (reader.problem !== undefined) return undefined;
  return {
    line,
    column,
    ...(found === undefined ? {} : { weight: found }),
    joinedBy: joiner === '||' ? 'or' : 'and',
    conditions: conditions.filter((condition) => condition !== undefined),
  };
}

function readWeight(reader: LineReader): number | undefined {
  const { column } = reader;
  const digits = reader.expect(weight, 'soft needs a weight', 'write soft 10 disk.os.name = linux');
  const value = Number(digits);
  if (digits === undefined || (value >= 0 && Number.isFinite(value))) return value;
  return reader.fail(`${digits} is no weight`, 'write a number from 0 up', column);
}

function readCondition(reader: LineReader): Condition | undefined {
  const { column } = reader;
  const key = reader.expect(word, 'a key is expected here', 'such as disk.os.name');
  if (key === undefined) return undefined;
  if (reader.take(contains) === undefined) return readComparison(reader, key, 'statement', column);
  if (reader.expect(/\(/y, "'(' is expected behind contains") === undefined) return undefined;
  const fields = readList(reader, () => {
    const start = reader.column;
    const field = reader.expect(word, 'name, version or path is expected here');
    return field === undefined ? undefined : readComparison(reader, field, 'parentheses', start);
  });
  return fields && { kind: 'contains', key, fields, column };
}

function readComparison(
  reader: LineReader,
  key: string,
  place: Place,
  column: number,
): Comparison | undefined {
  if (reader.take(oneOf) !== undefined) {
    reader.take(/\(/y);
    const values = readList(reader, () => reader.value('parentheses'));
    return values && { kind: 'comparison', key, operator: '=', values, column };
  }
  const operator = meaning.get(reader.expect(operators, 'an operator is expected here', operatorHint) ?? '');
  const value = reader.value(place);
  if (operator === undefined || value === undefined) return undefined;
  return { kind: 'comparison', key, operator, values: [value], column };
}

/** Items between commas, up to the `)` that must be there. */
function readList<Item>(reader: LineReader, readItem: () => Item | undefined): readonly Item[] | undefined {
  const items: (Item | undefined)[] = [readItem()];
  while (reader.take(/,/y) !== undefined) items.push(readItem());
  if (reader.expect(/\)/y, "',' or ')' is expected here") === undefined) return undefined;
  return items.filter((item) => item !== undefined);
}
