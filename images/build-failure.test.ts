import { expect, it } from 'vitest';
import { describeBuildFailure } from './build-failure.ts';

const phase = 'installing remaining packages inside the chroot...';

it.each([
  [
    'dpkg: error processing archive: cannot copy: No space left on device',
    'quota-exceeded',
    'free at least 3 GiB',
  ],
  [
    "E: You don't have enough free space in /var/cache/apt/archives/.",
    'quota-exceeded',
    'free at least 3 GiB',
  ],
  ["E: Failed to fetch http://x/p.deb  Temporary failure resolving 'x'", 'unavailable', 'check the network'],
  ['E: Unable to locate package pupet-agent', 'invalid-argument', 'correct its name'],
  ["The following signatures couldn't be verified: NO_PUBKEY 1", 'unavailable', 'debian-archive-keyring'],
  ['something new', 'internal', 'last output'],
])('explains %j', (line, code, remedy) => {
  const failure = describeBuildFailure({
    recipeId: 'postgresql',
    phase,
    lines: ['I: x', line],
    cause: undefined,
  });
  expect(failure).toMatchObject({ code, subject: 'postgresql' });
  expect(failure.message).toContain("Building image 'postgresql' failed while installing remaining packages");
  expect(failure.message).toContain(remedy);
  expect(failure.message).toContain(line);
});

it('shows only the end of a long output', () => {
  const lines = Array.from({ length: 500 }, (_, index) => `line ${String(index)};`);
  const { message } = describeBuildFailure({ recipeId: 'postgresql', phase, lines, cause: undefined });
  expect(message).toContain('line 499;');
  expect(message).not.toContain('line 400;');
});
