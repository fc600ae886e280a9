/** Says that several spellings mean one thing. Applied to both sides of a comparison and named in the verdict. */
export interface AliasRule {
  readonly title: string;
  readonly of: 'application' | 'architecture' | 'os.flavour';
  /** Compared without regard to case; the first one is the name proper. */
  readonly names: readonly string[];
  /** One spelling for all equal versions; the version itself when the rule does not know it. */
  readonly normalizeVersion?: (version: string) => string;
}

/** The rules that a match uses when it is given no others. */
export const defaultAliasRules: readonly AliasRule[] = [
  {
    title: 'JDK versions',
    of: 'application',
    names: ['jdk', 'java', 'java development kit'],
    normalizeVersion: normalizeJdkVersion,
  },
  { title: 'Globus names', of: 'application', names: ['globus', 'globus toolkit'] },
  { title: 'Ant names', of: 'application', names: ['ant', 'apache ant'] },
  { title: 'PostgreSQL names', of: 'application', names: ['postgresql', 'postgres'] },
  { title: 'Node names', of: 'application', names: ['node', 'nodejs', 'node.js'] },
  { title: 'Scientific Linux names', of: 'os.flavour', names: ['scientific linux', 'sl'] },
  { title: '64-bit x86 names', of: 'architecture', names: ['x86_64', 'amd64'] },
  { title: '64-bit Arm names', of: 'architecture', names: ['aarch64', 'arm64'] },
];

/** The rule for that name, or `undefined` when it has only one spelling. */
export function findAliasRule(
  rules: readonly AliasRule[],
  of: AliasRule['of'],
  name: string,
): AliasRule | undefined {
  return rules.find((rule) => rule.of === of && isNameOf(rule, name));
}

/** Whether the rule counts that name, in whatever case, among its spellings. */
export function isNameOf(rule: AliasRule | undefined, name: string): boolean {
  const wanted = name.toLowerCase();
  return rule !== undefined && rule.names.some((known) => known.toLowerCase() === wanted);
}

/** One spelling for all names of an application that mean the same. */
export function properApplicationName(rules: readonly AliasRule[], name: string): string {
  return findAliasRule(rules, 'application', name)?.names[0] ?? name.toLowerCase();
}

/**
 * Java 5 to 8 wrote update 35 of version 6 as 1.6.0_35, 1.6.0.35, 1.6.35 (the paper's own) and 6u35: all become
 * 1.6.0.35; a bare 6 becomes 1.6. What follows a hyphen (a build) is kept. Java 9 and later has one spelling.
 */
export function normalizeJdkVersion(version: string): string {
  const [, major, update, build] =
    /^(?:1\.)?([5-8])(?:u|\.0[._]|[._](?=[1-9]))(\d+)(-.+)?$/i.exec(version) ?? [];
  if (major !== undefined && update !== undefined) return `1.${major}.0.${Number(update)}${build ?? ''}`;
  return /^[5-8]$/.test(version) ? `1.${version}` : version;
}
