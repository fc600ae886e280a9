/**
 * Members that join and leave at a real HAProxy on a real machine, through SSH: one, and 500 at once. Ratios are to
 * goal G-9: 50 ms and 1 s. Needs root; without what machines or their image need, it says so and measures nothing.
 */
import { systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import { probeLocalVmm } from '@trencadis/vmm-local';
import { tmpdir } from 'node:os';
import { BalancedService } from '../tests/balancing/testing/balanced-service.ts';
import { BalancerLab } from '../tests/balancing/testing/balancer-lab.ts';
import { showFigure } from './report/show-figure.ts';

const oneGoalMs = 50;
const manyGoalMs = 1000;
const many = 500;
const turns = 20;
const never = new AbortController().signal;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = systemClock.now().getTime();
  await work();
  return systemClock.now().getTime() - start;
}

function show(label: string, tookMs: number, goalMs: number): void {
  showFigure({ label, value: tookMs.toFixed(0), ratio: goalMs / Math.max(tookMs, 1) });
}

async function measure(lab: BalancerLab): Promise<void> {
  const service = new BalancedService(lab.hosts);
  const driver = service.driver();
  const member = (index: number) => ({
    pool: 'web',
    name: brandId('VmName', `replica-${index}`),
    address: lab.gateway,
    port: 9000 + index,
    weight: 100,
  });
  const place = (index: number) => ({ balancer: service.name, pool: 'web', name: member(index).name });
  const indexes = Array.from({ length: many }, (_, index) => index);
  await driver.applyBalancer(service.spec, never);
  const joins = [];
  for (const index of indexes.slice(0, turns)) {
    joins.push(await timed(() => driver.addMember(service.name, member(index), never)));
  }
  show(
    'ms for one member to join HAProxy, median',
    joins.toSorted((a, b) => a - b)[turns / 2] ?? 0,
    oneGoalMs,
  );
  const joinAll = () =>
    Promise.all(indexes.map((index) => driver.addMember(service.name, member(index), never)));
  show(`ms for ${many} members to join HAProxy`, await timed(joinAll), manyGoalMs);
  const describe = () => driver.describeBalancer(service.name, never);
  show(`ms to describe HAProxy with ${many} members`, await timed(describe), manyGoalMs);
  const leaveAll = () => Promise.all(indexes.map((index) => driver.removeMember(place(index), never)));
  show(`ms for ${many} members to leave HAProxy`, await timed(leaveAll), manyGoalMs);
}

const problems = await probeLocalVmm({ directory: tmpdir() });
if (problems.length > 0) {
  console.log(
    `members of HAProxy: not measured, as this host lacks ${problems.map(({ what }) => what).join(', ')}`,
  );
} else {
  const lab = await BalancerLab.open(1);
  try {
    await measure(lab);
  } finally {
    await lab.close();
  }
}
