import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { type InfrastructureDrift, printDrift } from './print-drift.ts';

const infrastructure: InfrastructureDrift['infrastructure'] = {
  id: 'inf-aaaaaaaa',
  name: 'keys',
  owner: 'ana',
  createdAt: '2026-01-01T00:00:00.000Z',
  vmCount: 1,
  vmms: ['local'],
  shares: [],
  isDestroyRequested: false,
};
const gone: InfrastructureDrift['drift'][number] = {
  kind: 'vm-gone',
  subject: 'front-1',
  vmm: 'local',
  expected: '1 CPU, 512 MiB',
  observed: 'no such VM',
  isRepaired: false,
  remedy: 'trencadis drift keys --repair',
};

function printed(
  drift: InfrastructureDrift['drift'],
  status: 'true' | 'false' | 'unknown',
  reason = '',
): string {
  const condition = { type: 'AsDesired' as const, status, reason };
  return stripVTControlCharacters(printDrift({ infrastructure, condition, drift }));
}

it('says what differs, where, and the command that mends it, once', () => {
  expect(printed([gone, { ...gone, subject: 'front-2' }], 'false')).toBe(`keys: 2 things differ
  vm-gone  front-1 at local
    expected 1 CPU, 512 MiB; observed no such VM
  vm-gone  front-2 at local
    expected 1 CPU, 512 MiB; observed no such VM
  Mend it: trencadis drift keys --repair
`);
});

it('says what the platform mends by itself, which needs no command', () => {
  expect(printed([{ ...gone, isRepaired: true }], 'false')).toBe(`keys: 1 thing differs
  vm-gone  front-1 at local: the platform repairs it
    expected 1 CPU, 512 MiB; observed no such VM
`);
});

it('says when nothing differs, and when it cannot be told', () => {
  expect(printed([], 'true')).toBe('keys: as its document says\n');
  expect(printed([], 'unknown', 'PlanRunning')).toBe('keys: it cannot be told now (PlanRunning)\n');
});
