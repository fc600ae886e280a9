import { pollUntil } from '@trencadis/clock';
import type { BalancerDriver } from '@trencadis/availability';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { StepContext, StepKind } from '@trencadis/saga';
import { addReplica, withBalancer } from '../services/open-balancer.ts';
import { probeReplica } from '../services/probe-replica.ts';
import { memberKey, memberStage } from '../services/service-stages.ts';
import {
  type BalancerPlace,
  type JoinServiceArgs,
  joinServiceArgs,
} from '../services/service-step-arguments.ts';
import type { StepWorld } from '../step-world.ts';

type World = StepContext<StepWorld>;

const pollMs = 200;
const defaultDeadlineMs = 300_000;

/**
 * Lets a replica into its service once it has passed its checks, no sooner (HC-04): at the balancer, or where there is
 * none by asking it here.
 */
export const joinService: StepKind<StepWorld, JoinServiceArgs> = {
  kind: 'join-service@1',
  isWaiting: true,
  args: joinServiceArgs,
  run: async (world, args) => {
    const { infrastructureId, name, serviceId, balancer } = args;
    if (balancer) await joinBalancer(world, args, balancer);
    else if (args.health.protocol !== 'none') await awaitHealth(world, args);
    await world.store.setConfigured(infrastructureId, {
      name,
      stage: memberStage(serviceId),
      key: memberKey(args),
    });
    await world.store.clearHook(infrastructureId, name);
  },
  undo: async (world, args) => {
    const { infrastructureId, name, serviceId, balancer, pool } = args;
    if (balancer) await removeFrom(world, args, { balancer, pool, name });
    await world.store.clearConfigured(infrastructureId, name, memberStage(serviceId));
  },
  retryForMs: 0,
};

async function removeFrom(
  world: World,
  { infrastructureId }: Pick<JoinServiceArgs, 'infrastructureId'>,
  { balancer, pool, name }: { readonly balancer: BalancerPlace } & Pick<JoinServiceArgs, 'pool' | 'name'>,
): Promise<void> {
  try {
    await withBalancer(world, { infrastructureId, balancer }, (driver) =>
      driver.removeMember({ balancer: balancer.name, pool, name }, world.signal),
    );
  } catch (error) {
    // The balancer's VMs are gone, and so is what they knew.
    if (!isPlatformError(error, 'not-found')) throw error;
  }
}

async function joinBalancer(world: World, args: JoinServiceArgs, balancer: BalancerPlace): Promise<void> {
  const { infrastructureId } = args;
  await withBalancer(world, { infrastructureId, balancer }, async (driver) => {
    await addReplica(world, args, { driver, balancer });
    await until(world, args, () => whyNotIn(world, args, { driver, balancer }));
  });
}

async function whyNotIn(
  { signal }: World,
  { pool, name }: JoinServiceArgs,
  { driver, balancer }: { readonly driver: BalancerDriver; readonly balancer: BalancerPlace },
): Promise<string | undefined> {
  const seen = await driver.describeBalancer(balancer.name, signal);
  const member = seen?.members.find((each) => each.pool === pool && each.name === name);
  if (member?.state === 'up') return undefined;
  return `The load balancer calls it ${member?.state ?? 'unknown'}${member?.because ? `: ${member.because}` : ''}.`;
}

/** So many passed checks in a row as `rise` says. */
async function awaitHealth(world: World, args: JoinServiceArgs): Promise<void> {
  let passes = 0;
  await until(world, args, async () => {
    const { isPassed, because = 'no reason given' } = await probeReplica(world, args, world.signal);
    passes = isPassed ? passes + 1 : 0;
    if (passes >= args.health.rise) return undefined;
    return isPassed ? `${passes} of ${args.health.rise} checks passed.` : `Its check: ${because}.`;
  });
}

async function until(
  world: World,
  { name, serviceId }: JoinServiceArgs,
  whyNot: () => Promise<string | undefined>,
): Promise<void> {
  const deadlineMs = world.readinessDeadlineMs ?? defaultDeadlineMs;
  let lastWhy = '';
  const lookAgain = async () => {
    const why = await unlessUnavailable(whyNot);
    if (why !== undefined && why !== lastWhy) world.progress(why);
    lastWhy = why ?? '';
    return why === undefined ? true : undefined;
  };
  const options = { clock: world.clock, everyMs: pollMs, deadlineMs, signal: world.signal };
  if (await pollUntil(lookAgain, options)) return;
  const message = `${name} was not well within ${deadlineMs / 1000} s, so service ${serviceId} does not take it. ${lastWhy}`;
  throw new PlatformError('unavailable', message, { subject: name });
}

async function unlessUnavailable(whyNot: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await whyNot();
  } catch (error) {
    if (isPlatformError(error, 'unavailable')) return error.message;
    throw error;
  }
}
