import type { Clock } from '@trencadis/clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditLog, AuditedAct } from './model.ts';

interface Harness extends AsyncDisposable {
  readonly log: AuditLog;
}

/** What every audit log does. */
export function describeAuditLog(name: string, makeHarness: (clock: Clock) => Promise<Harness>): void {
  let now = new Date(0);
  let harness: Harness;
  const log = () => harness.log;
  const clock: Clock = { now: () => now, sleep: async () => {} };
  const act = (id: string, rest: Partial<AuditedAct> = {}): AuditedAct => ({
    by: { owner: 'ana' },
    act: 'thing.make',
    subject: { kind: 'thing', id },
    owner: 'ana',
    ...rest,
  });
  const idsOf = async (query: Omit<Parameters<AuditLog['list']>[0], 'limit'>, limit = 100) =>
    (await log().list({ ...query, limit })).map(({ subject }) => subject.id);

  describe(`audit log ${name}`, () => {
    beforeEach(async () => {
      now = new Date(1000);
      harness = await makeHarness(clock);
    });
    afterEach(async () => await harness[Symbol.asyncDispose]());

    it('gives back what was written', async () => {
      const detail = { groups: ['a', 'b'], count: 2, isNew: true, why: 'asked' };
      const by = { owner: 'eva', requestId: 'r-1' };
      await log().write(act('one', { by, detail, owner: 'ana' }), 'conflict');
      expect(await log().list({ limit: 10 })).toEqual([
        {
          sequence: expect.any(Number),
          at: new Date(1000),
          actor: 'eva',
          act: 'thing.make',
          subject: { kind: 'thing', id: 'one' },
          owner: 'ana',
          outcome: 'conflict',
          requestId: 'r-1',
          detail,
        },
      ]);
    });

    it('answers the newest, and from a place on when asked to', async () => {
      for (const id of ['one', 'two', 'three']) await log().write(act(id), 'done');
      expect(await idsOf({}, 2)).toEqual(['two', 'three']);
      const [first] = await log().list({ limit: 3 });
      expect(await idsOf({ after: 0 }, 2)).toEqual(['one', 'two']);
      expect(await idsOf({ after: first!.sequence }, 1)).toEqual(['two']);
    });

    it('finds by subject, actor, owner and time', async () => {
      await log().write(act('one'), 'done');
      now = new Date(2000);
      await log().write(act('two', { by: { owner: 'eva' } }), 'done');
      await log().write(act('three', { owner: 'eva' }), 'done');
      await log().write(act('one', { subject: { kind: 'other', id: 'one' } }), 'done');
      expect(await idsOf({ subject: { kind: 'thing', id: 'one' } })).toEqual(['one']);
      expect(await idsOf({ actor: 'eva' })).toEqual(['two']);
      expect(await idsOf({ owner: 'eva' })).toEqual(['three']);
      expect(await idsOf({ since: new Date(2000) })).toEqual(['two', 'three', 'one']);
      expect(await idsOf({ since: new Date(2001) })).toEqual([]);
    });
  });
}
