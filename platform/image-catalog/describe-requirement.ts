import type { OperatingSystem, Requirement } from './model.ts';

/** `globus = 4`, `os.version >= 5.7`, `jdk`: as a person would write it. */
export function describeRequirement(requirement: Requirement): string {
  if (requirement.kind === 'attribute') {
    return `${requirement.key} ${requirement.operator} ${requirement.value}`;
  }
  if (requirement.version === undefined) return requirement.name;
  return `${requirement.name} ${requirement.operator ?? '='} ${requirement.version}`;
}

export function describeOperatingSystem(system: OperatingSystem): string {
  return `${system.flavour} ${system.version}`;
}
