import { describe, expect, it } from 'vitest';
import { type Answer, BadInputPlatform, keyServer, machines } from './bad-input-platform.ts';
import { whenTrue } from '../deployment/site-checks.ts';

/** An infrastructure of Ana's that Bob may change too. */
async function shared(platform: BadInputPlatform, document: unknown): Promise<string> {
  const { id } = await platform.deploy(document);
  const body = { shares: [{ group: 'ward', right: 'change' }] };
  expect((await platform.call('PATCH', `/api/infrastructures/${id}`, { body })).status).toBe(200);
  return id;
}

async function planChange(platform: BadInputPlatform, id: string, radl: string, as: 'ana' | 'bob') {
  const body = { kind: 'add', radl };
  const { body: planning } = await platform.call('POST', `/api/infrastructures/${id}/plans`, { body, as });
  return (planning as { plan: { id: string } }).plan.id;
}

const conflict = (detail: RegExp) => ({
  status: 409,
  body: { code: 'conflict', detail: expect.stringMatching(detail) },
});

describe('two people', () => {
  it('who apply at once: one wins, the other is told to plan again, and nothing is made twice', async () => {
    await using platform = await BadInputPlatform.start();
    const id = await shared(platform, machines());
    const [hers, his] = await Promise.all([
      planChange(platform, id, 'deploy node 1', 'ana'),
      planChange(platform, id, 'deploy node 2', 'bob'),
    ]);
    const answers = await Promise.all([
      platform.apply(hers, 'undo', 'ana'),
      platform.apply(his, 'undo', 'bob'),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 409]));
    const isHers = answers[0].status === 202;
    const loser = answers.find(({ status }) => status === 409);
    expect(loser).toMatchObject(conflict(/Plan \S+ of 'bad' is running|Another plan of 'bad' .*plan again/));
    expect((await platform.end(isHers ? hers : his)).saga).toBe('succeeded');
    const count = isHers ? 2 : 3;
    expect(platform.leftovers().filter((each) => each.startsWith('vm:'))).toHaveLength(count);

    expect(await platform.apply(isHers ? his : hers)).toMatchObject(
      conflict(/since plan \S+ was made; plan again/),
    );
    const again = await planChange(platform, id, 'deploy node 1', isHers ? 'bob' : 'ana');
    expect((await platform.apply(again)).status).toBe(202);
    expect((await platform.end(again)).saga).toBe('succeeded');
    expect(platform.leftovers().filter((each) => each.startsWith('vm:'))).toHaveLength(count + 1);
  });

  it('who give one name at once: one makes the infrastructure, the other is told', async () => {
    await using platform = await BadInputPlatform.start();
    const answers = await Promise.all([1, 2, 3, 4].map((count) => platform.plan(machines(count))));
    const refused = answers.filter(({ status }) => status !== 200);
    for (const answer of refused)
      expect(answer).toMatchObject({ status: 409, body: { code: 'already-exists' } });
    const { body } = await platform.call('GET', '/api/infrastructures');
    expect((body as { infrastructures: unknown[] }).infrastructures).toHaveLength(1);
    expect(await platform.plan(machines())).toMatchObject({ status: 200, body: { kind: 'planned' } });
  });
});

describe('deleting', () => {
  it('while creating stops that and leaves nothing; what comes later is told so', async () => {
    await using platform = await BadInputPlatform.start({ latencyMs: 30 });
    const { planId, id } = await platform.planned(keyServer);
    const other = await platform.planned(keyServer);
    await platform.apply(planId);
    await whenTrue(() => platform.simulation.site.vms.size > 0);
    const deletions = await Promise.all([platform.destroy(id), platform.destroy(id)]);
    const deleted = { status: 202, saga: 'succeeded' };
    expect(deletions).toEqual([deleted, deleted]);
    expect(platform.leftovers()).toEqual([]);
    expect((await platform.end(planId)).saga).toBe('kept');

    const destroyed = conflict(/'bad' is being destroyed; wait for that, then deploy again/);
    expect(await platform.apply(other.planId)).toMatchObject(destroyed);
    const path = `/api/infrastructures/${id}/plans`;
    expect(await platform.call('POST', path, { body: { kind: 'repair' } })).toMatchObject(destroyed);
    const terms: Answer = await platform.call('PATCH', `/api/infrastructures/${id}`, {
      body: { shares: [] },
    });
    expect(terms.status).toBe(409);
    expect(platform.leftovers()).toEqual([]);
    expect(await platform.deploy(machines())).toMatchObject({
      saga: 'succeeded',
      id: expect.not.stringMatching(id),
    });
  });
});
