/** What cloud-init says when it has ended. */
export interface CloudInitResult {
  /** Of `cloud-init status`: 0 done; 1 failed; 2 done with errors (from 23.4 on). */
  readonly exitCode: number;
  /** What `cloud-init status --long` prints. */
  readonly status: string;
  /** /run/cloud-init/result.json; `null`: none. */
  readonly result: unknown;
  /** /run/cloud-init/status.json; `null`: none. */
  readonly details: unknown;
  /** The last lines of its output. */
  readonly output: string;
}

/** What went wrong, by module and message where it says so; `undefined`: nothing did. */
export function judgeResult(
  vmName: string,
  { exitCode, status, result, details, output }: CloudInitResult,
): string | undefined {
  const word = /^status: (.*)$/m.exec(status)?.[1] ?? `exit code ${exitCode}`;
  if (word === 'disabled' || word === 'not run') return `it is switched off in the image of ${vmName}.`;
  const source = textOf(fieldOf(fieldOf(result, 'v1'), 'datasource'));
  if (source.includes('DataSourceNone')) return `it found no user data: the VM manager hands over none.`;
  if (word === 'done' && exitCode === 0) return undefined;
  const errors = [...new Set([...errorsIn(result), ...errorsIn(details)])];
  const what = errors.length > 0 ? errors.join('; ') : `it ended with '${word}'`;
  const said = output.trim() === '' ? '' : ` Its output ends: ${output.trim()}`;
  return `${what}.${said}`;
}

/** `errors` and `recoverable_errors`, wherever in the stages they stand. */
function errorsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === 'errors' || key === 'recoverable_errors' ? textsIn(inner).map(readable) : errorsIn(inner),
  );
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** `('scripts-user', RuntimeError('Runparts: 1 failures'))`, as Python prints it, without Python. */
function readable(error: string): string {
  const [, module, message] = /^\('([^']+)', \w+\(["']?(.*?)["']?,?\)\)$/s.exec(error) ?? [];
  return module === undefined || message === undefined ? error : `module ${module} failed: ${message}`;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
