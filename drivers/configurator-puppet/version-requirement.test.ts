import { expect, it } from 'vitest';
import { compareModuleVersions, meetsRequirement } from './version-requirement.ts';

it.each([
  ['1.10.0', '1.9.0'],
  ['2.0.0', '1.99.99'],
  ['1.0.0', '1.0.0-rc1'],
])('%s is later than %s', (later, earlier) => {
  expect(compareModuleVersions(later, earlier)).toBeGreaterThan(0);
  expect(compareModuleVersions(earlier, later)).toBeLessThan(0);
  expect(compareModuleVersions(later, later)).toBe(0);
});

it.each([
  ['8.0.0', '', true],
  ['8.0.0', '>= 4.13.1 < 9.0.0', true],
  ['9.0.0', '>=4.13.1 <9.0.0', false],
  ['1.2.3', '1.2.3', true],
  ['1.2.4', '= 1.2.3', false],
  ['1.2.3', '1.x', true],
  ['10.2.3', '1.x', false],
  ['1.2.3', '1.3.x', false],
  ['1.2.3', '<= 1.2', false],
  ['1.2.3', '~> 1.2', undefined],
])('%s for "%s": %s', (version, requirement, answer) => {
  expect(meetsRequirement(version, requirement)).toBe(answer);
});
