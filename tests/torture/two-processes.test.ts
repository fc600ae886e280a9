import type { PlanId } from '@trencadis/ids';
import {
  type EventView,
  type InfrastructureClient,
  createInfrastructureClient,
} from '@trencadis/infrastructure/client';
import { freshDatabase } from '@trencadis/postgres/testing';
import { expect, it } from 'vitest';
import { PlatformProcess } from './platform-process.ts';
import { TortureSite } from './torture-site.ts';

const vmCount = 40;
const takeoverDeadlineMs = 30_000;
const radl = `network private ()
system node (
  cpu.count >= 1 and memory.size >= 512Mi and disk.0.os.name = 'linux' and
  net_interface.0.connection = 'private'
)
deploy node ${vmCount}
`;

async function deploy(client: InfrastructureClient): Promise<PlanId> {
  const body = { name: 'nodes', document: { radl, dialect: 'trencadis' as const, parameters: {} } };
  const planned = await client.plan({ body });
  if (planned.kind === 'problems') throw new Error(JSON.stringify(planned.diagnostics));
  const planId = planned.plan.id as PlanId;
  await client.apply({ params: { planId }, body: { onFailure: 'undo' } });
  return planId;
}

/** Adds what comes to `events` until the plan ends, or the connection is lost for good. */
async function follow(client: InfrastructureClient, planId: PlanId, events: EventView[]): Promise<void> {
  const after = events.at(-1)?.sequence ?? 0;
  for await (const event of client.followPlan({ params: { planId }, query: { after: `${after}` } })) {
    events.push(event);
  }
}

it('two processes share one database: what one runs when it is killed ends on the other, and who follows misses nothing', async () => {
  await using database = await freshDatabase();
  await using site = await TortureSite.create(database.url, { seed: 1, failureRate: 0, latencyMs: 700 });
  const [dying, living] = [PlatformProcess.start(site.place), PlatformProcess.start(site.place)];
  try {
    const connect = async (process: PlatformProcess) => {
      const baseUrl = await process.ready;
      return createInfrastructureClient({ baseUrl, token: site.token, timeoutMs: 30_000, reconnectMs: 500 });
    };
    await using one = await connect(dying);
    await using other = await connect(living);
    const planId = await deploy(one);
    const throughOne: EventView[] = [];
    const throughOther: EventView[] = [];
    const lost = follow(one, planId, throughOne);
    const watched = follow(other, planId, throughOther);
    await expect
      .poll(() => site.vmm.vms.size, { timeout: 20_000, interval: 20 })
      .toBeGreaterThan(vmCount / 4);
    expect(site.vmm.vms.size).toBeLessThan(vmCount);
    await dying.kill();
    const killedAt = performance.now();
    await expect(lost).rejects.toMatchObject({ code: 'unavailable' });

    await follow(other, planId, throughOne);
    await watched;
    expect(performance.now() - killedAt).toBeLessThan(takeoverDeadlineMs);
    process.stdout.write(`ended elsewhere ${Math.round(performance.now() - killedAt)} ms after the kill\n`);
    expect((await other.planStatus({ params: { planId } })).saga).toBe('succeeded');
    expect(throughOne).toEqual(throughOther);
    expect(throughOne.map(({ sequence }) => sequence)).toEqual(throughOne.map((_, index) => index + 1));
    expect(site.vmm.vms.size).toBe(vmCount);
  } finally {
    await Promise.all([dying.kill(), living.kill()]);
  }
});
