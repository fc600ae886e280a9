import { expect, it } from 'vitest';
import { type BuildProgress, followBootstrap, lastPhaseOf } from './build-progress.ts';

it('tells phases and packages, and never falls', () => {
  const told: BuildProgress[] = [];
  const follow = followBootstrap((progress) => told.push(progress));
  const output = [
    'I: running apt-get update...',
    'I: downloading packages with apt...',
    '0 upgraded, 69 newly installed, 0 to remove and 0 not upgraded.',
    'I: extracting archives...',
    'I: installing essential packages...',
    'Setting up bash (5.2) ...',
    'I: installing remaining packages inside the chroot...',
    '0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.',
    'Unpacking sudo (1.9) ...',
    'Setting up sudo (1.9) ...',
    'Setting up dbus (1.14) ...',
    'I: cleaning package lists...',
  ];
  for (const line of output) follow(line);
  const percents = told.map(({ percent }) => percent);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(told.slice(-3)).toEqual([
    { percent: 65, line: 'installed sudo 1.9' },
    { percent: 85, line: 'installed dbus 1.14' },
    { percent: 85, line: 'cleaning package lists...' },
  ]);
});

it('names the phase in which a build stopped, not what mmdebstrap says of its own end', () => {
  const output = [
    'I: running apt-get update...',
    'E: no',
    'I: main() received signal PIPE: waiting for setup...',
  ];
  expect(lastPhaseOf(output)).toBe('running apt-get update');
  expect(lastPhaseOf(['E: no'])).toBe('starting mmdebstrap');
});
