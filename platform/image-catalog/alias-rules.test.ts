import { describe, expect, it } from 'vitest';
import { defaultAliasRules, findAliasRule, normalizeJdkVersion } from './alias-rules.ts';

describe('normalizeJdkVersion', () => {
  it.each(['1.6.0.35', '1.6.0_35', '6u35', '6U35', '1.6.35'])('%s is update 35 of Java 6', (version) => {
    expect(normalizeJdkVersion(version)).toBe('1.6.0.35');
  });

  it.each([
    ['1.6.0_07-b06', '1.6.0.7-b06'],
    ['8u292', '1.8.0.292'],
    ['6', '1.6'],
    ['1.6', '1.6'],
    ['1.6.0', '1.6.0'],
    ['1.4.2', '1.4.2'],
    ['1.4.2_19', '1.4.2_19'],
    ['11.0.2', '11.0.2'],
    ['17', '17'],
    ['', ''],
  ])('%s becomes %s', (version, normalized) => {
    expect(normalizeJdkVersion(version)).toBe(normalized);
  });
});

describe('findAliasRule', () => {
  it('looks at no case, and only at its own kind of name', () => {
    expect(findAliasRule(defaultAliasRules, 'application', 'Globus Toolkit')?.names[0]).toBe('globus');
    expect(findAliasRule(defaultAliasRules, 'architecture', 'Globus Toolkit')).toBeUndefined();
    expect(findAliasRule(defaultAliasRules, 'application', 'systemd')).toBeUndefined();
  });

  it('finds one rule for a name: no name is in two', () => {
    const names = defaultAliasRules.flatMap((rule) => rule.names.map((name) => `${rule.of} ${name}`));
    expect(new Set(names).size).toBe(names.length);
  });
});
