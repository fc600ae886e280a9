/** The order of semantic versions (semver.org, 11), the later one greater. */
export function compareModuleVersions(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)];
  for (let index = 0; index < 3; index++) {
    const order = (one.numbers[index] ?? 0) - (other.numbers[index] ?? 0);
    if (order !== 0) return order;
  }
  if (one.suffix === other.suffix) return 0;
  if (one.suffix === '') return 1;
  if (other.suffix === '') return -1;
  return one.suffix < other.suffix ? -1 : 1;
}

function partsOf(version: string): { readonly numbers: readonly number[]; readonly suffix: string } {
  const [core = '', ...suffix] = version.split('-');
  return { numbers: core.split('.').map(Number), suffix: suffix.join('-') };
}

/**
 * Whether a module's version meets what another's `metadata.json` asks for (Puppet's "Version specifiers"): bounds that
 * all hold (`>= 4.13.1 < 10.0.0`), one version, `1.x` and `1.2.x`. `undefined` for what is written another way.
 */
export function meetsRequirement(version: string, requirement: string): boolean | undefined {
  const bounds = requirement
    .replaceAll(/(>=|<=|>|<|=)\s+/g, '$1')
    .split(/\s+/)
    .filter((bound) => bound !== '');
  const answers = bounds.map((bound) => meetsBound(version, bound));
  return answers.includes(undefined) ? undefined : answers.every((answer) => answer === true);
}

function meetsBound(version: string, bound: string): boolean | undefined {
  const [, wildcard] = /^=?(\d+(?:\.\d+)?)\.[xX*](?:\.[xX*])?$/.exec(bound) ?? [];
  if (wildcard !== undefined) return version.startsWith(`${wildcard}.`);
  if (/^[xX*]$/.test(bound)) return true;
  const [, operator = '=', limit] = /^(>=|<=|>|<|=)?(\d+(?:\.\d+){0,2}(?:-[\w.-]+)?)$/.exec(bound) ?? [];
  if (limit === undefined) return undefined;
  const order = compareModuleVersions(version, limit);
  if (operator === '=') return order === 0;
  if (order === 0) return operator.endsWith('=');
  return operator.startsWith('>') ? order > 0 : order < 0;
}
