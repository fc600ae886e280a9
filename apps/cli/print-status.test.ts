import type { StatusView } from '@trencadis/infrastructure/client';
import { expect, it } from 'vitest';
import { printList, printStatus } from './print-status.ts';

const vm = {
  name: 'inf-abcd1234-db-1',
  systemId: 'db',
  vmm: 'site',
  ordinal: 4,
  status: 'running',
  isStopped: false,
  isConfigured: true,
  addresses: { private: '10.0.0.4' },
  endpoints: ['https://10.0.0.4:8443'],
} as const;

const status: StatusView = {
  infrastructure: {
    id: 'inf-abcd1234',
    name: 'keys',
    owner: 'ana',
    createdAt: '2026-01-01T00:00:00.000Z',
    vmCount: 2,
    vmms: ['site'],
    shares: [{ group: 'doctors', right: 'read' }],
    expiresAt: '2026-02-01T00:00:00.000Z',
    isDestroyRequested: false,
  },
  phase: 'degraded',
  conditions: [{ type: 'Provisioned', status: 'false', reason: 'VmAbsent' }],
  vms: [
    vm,
    {
      ...vm,
      name: 'inf-abcd1234-db-2',
      ordinal: 12,
      isStopped: true,
      status: 'stopped',
      addresses: {},
      endpoints: [],
    },
  ],
  lastPlan: {
    id: 'plan-abcdef123456',
    kind: 'deploy',
    saga: 'undone',
    steps: [
      { id: 'a', title: 'create VM x', state: 'undone', error: 'no\u001b[31m room' },
      { id: 'b', title: 'create VM y', state: 'succeeded' },
    ],
  },
};

it('shows VMs by system with their number, place, state and addresses; then the plan, the lease and the shares', () => {
  expect(printStatus(status)).toBe(`keys (inf-abcd1234): degraded
  Provisioned: false (VmAbsent)
  db: 1 running, configured, 1 off
      4  db-1  site  running, configured  private 10.0.0.4
        https://10.0.0.4:8443
     12  db-2  site  off
  last plan: plan-abcdef123456 (deploy) undone
    failed: create VM x: no room
  owner: ana
  lease: until 2026-02-01T00:00:00.000Z, then it is destroyed
  shared: group doctors may read
`);
});

it('says where outsiders reach a VM, of which type it is and in which zone', () => {
  const publicAddresses = { private: '203.0.113.7' };
  const reached = { ...vm, publicAddresses, instanceType: 't3.small', zone: 'eu-1a' };
  expect(printStatus({ ...status, vms: [reached] })).toContain(
    '      4  db-1  site  running, configured  private 203.0.113.7 (10.0.0.4)  t3.small, eu-1a\n',
  );
});

it('shows some of many VMs, and first those that are not as they shall be', () => {
  const many = Array.from({ length: 30 }, (_, at) => ({
    ...vm,
    name: `inf-abcd1234-db-${at + 1}`,
    ordinal: at,
    status: at === 28 ? ('failed' as const) : ('running' as const),
  }));
  const text = printStatus({ ...status, vms: many }, { mostVms: 2 });
  expect(text).toMatch(/db: 29 running, configured, 1 failed\n +28 {2}db-29 .*failed[^]* 0 {2}db-1 /);
  expect(text).toContain('... and 28 more: trencadis status keys');
});

it('says which VMs are unknown, where they were, and why', () => {
  const reason = 'VmmNotAnswering: site: Nothing came within 5 s';
  const unknown = { ...status, phase: 'unknown', vms: [{ ...vm, status: 'unknown' }] } as const;
  const conditions = [{ type: 'Provisioned', status: 'unknown', reason }] as const;
  expect(printStatus({ ...unknown, conditions })).toContain(`keys (inf-abcd1234): unknown
  Provisioned: unknown (${reason})
  db: 1 unknown
      4  db-1  site  unknown  private 10.0.0.4
`);
});

it('lists all as they are known', () => {
  const { infrastructure } = status;
  expect(printList([{ ...infrastructure, phase: 'deployed' }])).toMatch(
    /^keys +deployed +2 VMs +site +since 2026-01-01T\S+ +until 2026-02-01T\S+ +\(inf-abcd1234\)\n$/,
  );
  expect(printList([])).toMatch(/^No infrastructure/);
});
