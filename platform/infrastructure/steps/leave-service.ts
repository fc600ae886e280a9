import { pollUntil } from '@trencadis/clock';
import type { BalancerDriver } from '@trencadis/availability';
import { isPlatformError } from '@trencadis/errors';
import type { StepContext, StepKind } from '@trencadis/saga';
import { addReplica, withBalancer } from '../services/open-balancer.ts';
import { memberKey, memberStage } from '../services/service-stages.ts';
import {
  type BalancerPlace,
  type LeaveServiceArgs,
  leaveServiceArgs,
} from '../services/service-step-arguments.ts';
import { type StepWorld, vmmOf } from '../step-world.ts';

type World = StepContext<StepWorld>;

const pollMs = 250;

/** Takes a replica out of its service: nothing new comes, what it has goes on until it ends or the time is over (LB-05). */
export const leaveService: StepKind<StepWorld, LeaveServiceArgs> = {
  kind: 'leave-service@1',
  isWaiting: true,
  args: leaveServiceArgs,
  run: async (world, args) => {
    const { infrastructureId, name, serviceId, balancer } = args;
    if (balancer)
      await atBalancer(world, args, balancer, (driver) => drain(world, args, { driver, balancer }));
    await world.store.clearConfigured(infrastructureId, name, memberStage(serviceId));
  },
  undo: async (world, args) => {
    const { infrastructureId, name, vmm, serviceId, balancer } = args;
    const vm = await (await vmmOf(world, vmm)).describeVm(name, world.signal);
    if (vm?.status !== 'running') return;
    if (balancer)
      await atBalancer(world, args, balancer, (driver) => addReplica(world, args, { driver, balancer }));
    await world.store.setConfigured(infrastructureId, {
      name,
      stage: memberStage(serviceId),
      key: memberKey(args),
    });
  },
};

/** Where the balancer is gone, there is nothing to leave. */
async function atBalancer(
  world: World,
  { infrastructureId }: LeaveServiceArgs,
  balancer: BalancerPlace,
  use: (driver: BalancerDriver) => Promise<void>,
): Promise<void> {
  try {
    await withBalancer(world, { infrastructureId, balancer }, use);
  } catch (error) {
    if (!isPlatformError(error, 'not-found')) throw error;
    world.progress(`There is no load balancer ${balancer.name} to leave.`);
  }
}

async function drain(
  world: World,
  { name, vmm, pool, drainMs }: LeaveServiceArgs,
  { driver, balancer }: { readonly driver: BalancerDriver; readonly balancer: BalancerPlace },
): Promise<void> {
  const place = { balancer: balancer.name, pool, name };
  await driver.drainMember(place, world.signal);
  const vm = await (await vmmOf(world, vmm)).describeVm(name, world.signal);
  let sessions = 0;
  const isIdle = async () => {
    const seen = await driver.describeBalancer(balancer.name, world.signal);
    const member = seen?.members.find((each) => each.pool === pool && each.name === name);
    sessions = member?.sessions ?? 0;
    return member === undefined || sessions === 0 ? true : undefined;
  };
  // Nothing goes on at a VM that does not run.
  if (vm?.status === 'running') {
    const options = { clock: world.clock, everyMs: pollMs, deadlineMs: drainMs, signal: world.signal };
    await pollUntil(isIdle, options);
    if (sessions > 0) world.progress(`${sessions} connections of ${name} are cut after ${drainMs / 1000} s.`);
  }
  await driver.removeMember(place, world.signal);
}
