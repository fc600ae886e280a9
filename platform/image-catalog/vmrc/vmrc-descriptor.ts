import type { Application, Requirement, VmiMetadata } from '../model.ts';
import { parseSize } from '../parse-size.ts';
import { type Statement, readStatements } from './read-statements.ts';
import { requirementsOfCondition } from './to-requirements.ts';
import { type LineProblem, type VmrcDiagnostic, toDiagnostic } from './vmrc-diagnostic.ts';

/** What VMRC text registers: the image, and where its one artifact is said to be. */
export interface VmrcDescriptor {
  readonly name: string;
  readonly metadata: VmiMetadata;
  readonly location?: string;
  readonly hypervisor?: string;
  readonly virtualSizeBytes?: number;
}

export interface VmrcDescriptorReading {
  /** Only without an error among the diagnostics. */
  readonly image?: VmrcDescriptor;
  readonly diagnostics: readonly VmrcDiagnostic[];
}

interface Gathered {
  readonly values: Map<string, string>;
  readonly applications: Application[];
  readonly problems: VmrcDiagnostic[];
}

const neededKeys = {
  name: 'system.name',
  architecture: 'cpu.arch',
  'os.name': 'disk.os.name',
  'os.flavour': 'disk.os.flavour',
  'os.version': 'disk.os.version',
} as const;
const takenKeys: ReadonlySet<string> = new Set([
  ...Object.keys(neededKeys),
  'location',
  'hypervisor',
  'disk.size',
  'defaultUser',
]);

/**
 * The image that VMRC text describes, `KEY = VALUE` and `disk.applications contains (...)` a line, in the default
 * dialect. A password in it is dropped, with a warning: the catalog keeps none. Never throws.
 */
export function parseVmrcDescriptor(text: string): VmrcDescriptorReading {
  const { statements, diagnostics } = readStatements(text);
  const gathered: Gathered = { values: new Map(), applications: [], problems: [...diagnostics] };
  for (const statement of statements) gather(statement, gathered);
  reportMissing(gathered);
  const inOrder = gathered.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (inOrder.some(({ severity }) => severity === 'error')) return { diagnostics: inOrder };
  return { image: descriptorOf(gathered), diagnostics: inOrder };
}

function gather(statement: Statement, gathered: Gathered): void {
  const { column, line } = statement;
  const report = (problem: LineProblem): void => void gathered.problems.push(toDiagnostic(line, problem));
  if (statement.weight !== undefined || statement.joinedBy === 'or') {
    const what = statement.joinedBy === 'or' ? '||' : 'soft';
    report({ column, message: `${what} belongs to a query: an image is one way or another` });
    return;
  }
  for (const condition of statement.conditions) {
    for (const requirement of requirementsOfCondition(condition, report)) {
      const problem = take(requirement, gathered);
      if (problem !== undefined) report({ column: condition.column, ...problem });
    }
  }
}

function take(requirement: Requirement, gathered: Gathered): Omit<LineProblem, 'column'> | undefined {
  if (requirement.kind === 'any' || (requirement.operator ?? '=') !== '=') {
    return { message: 'an image is described with = alone', hint: 'write = and one value' };
  }
  if (requirement.kind === 'application') {
    const { name, version, path } = requirement;
    const known = { ...(version === undefined ? {} : { version }), ...(path === undefined ? {} : { path }) };
    gathered.applications.push({ name, ...known });
    return undefined;
  }
  const { key, value } = requirement;
  if (!takenKeys.has(key)) return { message: `${key} is not part of a descriptor`, hint: 'remove this line' };
  if (gathered.values.has(key)) return { message: `${key} is given twice`, hint: 'keep one of them' };
  if (value.trim() === '') return { message: `${key} is empty`, hint: 'give a value, or remove this line' };
  gathered.values.set(key, value);
  return undefined;
}

/** VMRC stores what is missing as empty text, which then compares as the highest version; here it is an error. */
function reportMissing({ values, problems }: Gathered): void {
  for (const [key, written] of Object.entries(neededKeys)) {
    if (values.has(key)) continue;
    const message = `${written} is missing`;
    problems.push({ severity: 'error', line: 1, column: 1, message, hint: `add ${written} = ...` });
  }
}

function descriptorOf({ values, applications }: Gathered): VmrcDescriptor {
  const text = (key: string): string => values.get(key) ?? '';
  const size = values.has('disk.size') ? parseSize(text('disk.size')) : undefined;
  return {
    name: text('name'),
    metadata: {
      architecture: text('architecture'),
      operatingSystem: { name: text('os.name'), flavour: text('os.flavour'), version: text('os.version') },
      applications,
      standIns: [],
      ...(values.has('defaultUser') ? { defaultUser: text('defaultUser') } : {}),
    },
    ...(values.has('location') ? { location: text('location') } : {}),
    ...(values.has('hypervisor') ? { hypervisor: text('hypervisor') } : {}),
    ...(size === undefined ? {} : { virtualSizeBytes: size }),
  };
}
