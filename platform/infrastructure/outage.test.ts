import { PlatformError } from '@trencadis/errors';
import { describe, expect, it } from 'vitest';
import { asking, patienceOf, reasonOfOutages } from './outage.ts';

const never = () => new Promise<never>(() => undefined);
const how = (ms = 20_000, signal = new AbortController().signal) => ({ signal, patience: patienceOf(ms) });

describe('asking a VM manager', () => {
  it('answers what it answers', async () => {
    expect(await asking('site', async () => 7, how())).toBe(7);
  });

  it('ends when patience ends, though the driver takes no note of it, and names who is silent', async () => {
    await expect(asking('site', never, how(20))).rejects.toMatchObject({
      code: 'unavailable',
      subject: 'site',
      message: "VM manager 'site' cannot be asked: it does not answer: Nothing came within 0.02 s.",
    });
  });

  it('tells the driver that it need not go on', async () => {
    const untilAborted = (signal: AbortSignal) =>
      new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(new Error('told')), { once: true }),
      );
    await expect(asking('site', untilAborted, how(20))).rejects.toMatchObject({ code: 'unavailable' });
    const caller = new AbortController();
    const asked = asking('site', untilAborted, how(20_000, caller.signal));
    caller.abort();
    await expect(asked).rejects.toThrow('told');
  });

  it('has no patience left for a second question when the first took it all', async () => {
    const spent = how(5);
    await expect(asking('site', never, spent)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(asking('other', never, spent)).rejects.toMatchObject({ subject: 'other' });
  });

  it('says of refused credentials that they are the cloud’s, and leaves other errors as they are', async () => {
    const failing = (code: 'unauthenticated' | 'internal') => async () => {
      throw new PlatformError(code, 'No such token.');
    };
    await expect(asking('site', failing('unauthenticated'), how())).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/refuses the credentials .*No such token; correct them/) as string,
    });
    await expect(asking('site', failing('internal'), how())).rejects.toMatchObject({ code: 'internal' });
  });
});

it('names every VM manager in a reason', () => {
  const outages = new Map([
    ['ana~lab', { because: '', why: 'no route', isPassing: true }],
    ['site', { because: '', why: 'wrong token', isPassing: false }],
  ]);
  expect(reasonOfOutages(outages)).toBe(
    'VmmNotAnswering: ana~lab: no route; CredentialsRejected: site: wrong token',
  );
});
