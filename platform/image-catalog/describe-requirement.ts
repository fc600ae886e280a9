import type { OperatingSystem, Requirement } from './model.ts';

/** `globus = 4`, `os.version >= 5.7`, `jdk`, `(jdk or node)`: as a person would write it. */
export function describeRequirement(requirement: Requirement): string {
  if (requirement.kind === 'any') return `(${requirement.of.map(describeRequirement).join(' or ')})`;
  if (requirement.kind === 'attribute') {
    const { key, operator, value, scheme } = requirement;
    return `${key} ${operator} ${value}${scheme === undefined ? '' : ` (${scheme})`}`;
  }
  const { name, path } = requirement;
  const at = path === undefined ? '' : ` in ${path}`;
  return `${name} ${describeWantedVersion(requirement)}`.trimEnd() + at;
}

/** `>= 1.8 (deb)`; empty when any version will do. */
export function describeWantedVersion(requirement: Extract<Requirement, { kind: 'application' }>): string {
  const { operator = '=', version, scheme } = requirement;
  if (version === undefined) return '';
  return `${operator} ${version}${scheme === undefined ? '' : ` (${scheme})`}`;
}

export function describeOperatingSystem(system: OperatingSystem): string {
  return `${system.flavour} ${system.version}`;
}
