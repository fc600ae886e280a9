import { systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { newPlanId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { type PlannedStep, wholePlan } from './index.ts';
import { type Act, apply, deadline, failing, graphOf, makeRunner, step } from './testing/acting-runner.ts';
import { createMemorySagaStore } from './testing/memory-store.ts';

describe('a step that waits for an end', () => {
  const barrier: PlannedStep = { ...step('barrier', 'a', 'b'), waitsFor: 'end' };
  const graph = [
    step('a'),
    step('b'),
    barrier,
    step('after a', 'barrier', 'a'),
    step('after b', 'barrier', 'b'),
  ];

  it('runs although one of those before it has failed; what needs that one does not', async () => {
    const { runner, calls } = await makeRunner({ run: failing('b', 'invalid-argument') });
    expect(await apply(runner, graphOf(graph, 'keep'))).toBe('kept');
    expect(calls.slice(2)).toEqual(['run barrier', 'run after a']);
  });

  it('does not run when the failure is undone', async () => {
    const { runner, calls } = await makeRunner({ run: failing('b', 'invalid-argument') });
    expect(await apply(runner, graphOf(graph))).toBe('undone');
    expect(calls).not.toContain('run barrier');
  });
});

describe('running', () => {
  it('runs independent steps at the same time, dependent ones in order, never more than allowed', async () => {
    let now = 0;
    let most = 0;
    const run: Act = async () => {
      now += 1;
      most = Math.max(most, now);
      await systemClock.sleep(5);
      now -= 1;
    };
    const { runner, calls } = await makeRunner({ run, concurrency: 2 });
    const graph = graphOf([step('last', 'x', 'y', 'z'), step('x'), step('y'), step('z', 'x')]);
    expect(await apply(runner, graph)).toBe('succeeded');
    expect(most).toBe(2);
    expect(calls.at(-1)).toBe('run last');
    expect(calls.indexOf('run z')).toBeGreaterThan(calls.indexOf('run x'));
  });

  it('does not suffer from a listener that fails', async () => {
    const { runner } = await makeRunner({});
    const graph = graphOf([step('a')]);
    const heard: string[] = [];
    runner.subscribe(graph.planId, () => {
      throw new Error('listener');
    });
    const stopListening = runner.subscribe(graph.planId, ({ kind }) => {
      heard.push(kind);
      stopListening();
    });
    expect(await apply(runner, graph)).toBe('succeeded');
    expect(heard).toEqual(['started']);
  });

  it('starts a plan that an earlier process saved and did not live to start', async () => {
    const store = createMemorySagaStore();
    const graph = graphOf([step('a'), step('b', 'a')]);
    await store.savePlan(graph);
    const { runner, calls } = await makeRunner({ store });
    expect(await runner.wait(graph.planId, deadline())).toBe('succeeded');
    expect(calls).toEqual(['run a', 'run b']);
  });

  it('ends a plan without steps at once', async () => {
    const { runner } = await makeRunner({});
    expect(await apply(runner, graphOf([]))).toBe('succeeded');
  });

  it('tries again what is unavailable, and says so', async () => {
    const { runner, calls } = await makeRunner({ run: failing('a', 'unavailable', 3) });
    const graph = graphOf([step('a')]);
    expect(await apply(runner, graph)).toBe('succeeded');
    expect(calls).toHaveLength(4);
    const lines = (await runner.events(graph.planId)).filter(({ kind }) => kind === 'progress');
    expect(lines.map(({ text }) => text)).toContain('a says unavailable. Trying again in 1000 ms.');
  });

  it('tries again for as long as the kind of the step says', async () => {
    const { runner, calls } = await makeRunner({ run: failing('a', 'unavailable'), retryForMs: 0 });
    expect(await apply(runner, graphOf([step('a')]))).toBe('undone');
    expect(calls).toEqual(['run a', 'undo a']);
  });

  it.each(['unavailable', 'quota-exceeded', 'conflict', 'forbidden', 'internal'] as const)(
    'fails with the code of the step when it stays %s',
    async (code) => {
      const { runner, calls } = await makeRunner({ run: failing('a', code) });
      const graph = graphOf([step('a')]);
      expect(await apply(runner, graph)).toBe('undone');
      const failed = (await runner.events(graph.planId)).find(({ kind }) => kind === 'failed');
      expect(failed).toMatchObject({ errorCode: code, text: `a says ${code}.` });
      const attempts = calls.filter((call) => call === 'run a').length;
      expect(attempts > 1).toBe(code === 'unavailable');
    },
  );

  it('keeps what was done, and still runs the other branches, when the plan says keep', async () => {
    const { runner, calls } = await makeRunner({ run: failing('a', 'internal') });
    const graph = graphOf([step('a'), step('b', 'a'), step('c'), step('d', 'c')], 'keep');
    expect(await apply(runner, graph)).toBe('kept');
    expect(calls.sort()).toEqual(['run a', 'run c', 'run d']);
  });

  it('keeps the last progress lines of a step, not all', async () => {
    const run: Act = async ({ progress }) => {
      for (let line = 0; line < 1_000; line += 1) {
        progress(`line ${line} ${'x'.repeat(line === 999 ? 5_000 : 0)}`);
        if (line % 50 === 0) await systemClock.sleep(0);
      }
    };
    const { runner } = await makeRunner({ run });
    const graph = graphOf([step('a')]);
    expect(await apply(runner, graph)).toBe('succeeded');
    const lines = (await runner.events(graph.planId)).filter(({ kind }) => kind === 'progress');
    expect(lines.length).toBeGreaterThanOrEqual(500);
    expect(lines.length).toBeLessThanOrEqual(650);
    expect(lines.at(-1)?.text?.length).toBeLessThan(2_100);
  });
});

describe('undoing', () => {
  it('undoes what may have started, the failed step too, in reverse', async () => {
    const { runner, calls } = await makeRunner({ run: failing('c', 'internal') });
    const graph = graphOf([step('a'), step('b', 'a'), step('c', 'b'), step('d', 'c')]);
    expect(await apply(runner, graph)).toBe('undone');
    expect(calls).toEqual(['run a', 'run b', 'run c', 'undo c', 'undo b', 'undo a']);
  });

  it('takes not-found for done and waits for what may pass', async () => {
    const { runner, calls } = await makeRunner({
      run: failing('b', 'internal'),
      undo: (context, id) => {
        if (id === 'b') throw new PlatformError('not-found', 'b is not there.');
        return passes(context, id);
      },
    });
    const passes = failing('a', 'unavailable', 4);
    expect(await apply(runner, graphOf([step('a'), step('b', 'a')]))).toBe('undone');
    expect(calls.filter((call) => call === 'undo a')).toHaveLength(5);
  });

  it('is stuck when an undo fails, leaves what it stood on, and can be resumed', async () => {
    let isMended = false;
    const { runner, calls } = await makeRunner({
      run: failing('c', 'internal'),
      undo: (_context, id) => {
        if (id === 'b' && !isMended) throw new PlatformError('forbidden', 'b may not be removed.');
      },
    });
    const graph = graphOf([step('a'), step('b', 'a'), step('c', 'b')]);
    expect(await apply(runner, graph)).toBe('stuck');
    expect(calls).not.toContain('undo a');
    await runner.resume(graph.planId);
    expect(await runner.wait(graph.planId, deadline())).toBe('stuck');
    isMended = true;
    await Promise.all([runner.resume(graph.planId), runner.resume(graph.planId)]);
    expect(await runner.wait(graph.planId, deadline())).toBe('undone');
    expect(calls.filter((call) => call.startsWith('run'))).toHaveLength(3);
    expect(calls.filter((call) => call === 'undo c')).toHaveLength(1);
    await expect(runner.resume(graph.planId)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('stops the branches that still run when a step has failed', async () => {
    const { runner } = await makeRunner({
      run: async ({ signal }, id) => {
        if (id === 'fails') throw new PlatformError('internal', 'no');
        await systemClock.sleep(60_000, signal);
      },
    });
    const graph = graphOf([step('slow'), step('fails'), step('later', 'slow')]);
    expect(await apply(runner, graph)).toBe('undone');
    const events = await runner.events(graph.planId);
    expect(events.find(({ stepId, kind }) => stepId === 'slow' && kind === 'failed')?.text).toContain(
      "'fails' failed",
    );
    expect(events.find(({ stepId }) => stepId === 'later')?.kind).toBe('skipped');
  });
});

describe('cancelling', () => {
  const untilAborted: Act = async ({ signal }, id) => {
    if (id === 'long') await systemClock.sleep(60_000, signal);
  };
  async function startLong() {
    const made = await makeRunner({ run: untilAborted });
    const graph = graphOf([step('first'), step('long', 'first'), step('later', 'long')]);
    const { promise: isLong, resolve } = Promise.withResolvers<void>();
    made.runner.subscribe(graph.planId, ({ stepId, kind }) => {
      if (stepId === 'long' && kind === 'started') resolve();
    });
    await made.runner.start(graph);
    await isLong;
    return { ...made, graph };
  }

  it('stops what runs, starts nothing more and undoes', async () => {
    const { runner, calls, graph } = await startLong();
    await runner.requestCancel(graph.planId, 'undo');
    expect(await runner.wait(graph.planId, deadline())).toBe('undone');
    expect(calls).toEqual(['run first', 'run long', 'undo long', 'undo first']);
    await expect(runner.requestCancel(graph.planId, 'undo')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('stops and keeps when asked to', async () => {
    const { runner, calls, graph } = await startLong();
    await runner.requestCancel(graph.planId, 'keep');
    expect(await runner.wait(graph.planId, deadline())).toBe('kept');
    expect(calls).toEqual(['run first', 'run long']);
  });

  it('does not forget a request over a restart', async () => {
    const { runner: closed, graph, store, workflows } = await startLong();
    await closed.close();
    await expect(closed.wait(graph.planId)).rejects.toThrow('closed');
    await closed.requestCancel(graph.planId, 'undo');
    const { runner } = await makeRunner({ run: untilAborted, store, workflows });
    expect(await runner.wait(graph.planId, deadline())).toBe('undone');
    const events = await runner.events(graph.planId);
    expect(events.filter(({ stepId, kind }) => stepId === 'long' && kind === 'started')).toHaveLength(1);
    expect(events.find(({ stepId, kind }) => stepId === 'long' && kind === 'undone')).toBeDefined();
  });

  it('hears of a request that another process stored at its next own event', async () => {
    const graph = graphOf([step('first'), step('later', 'first')]);
    const { runner, calls, store } = await makeRunner({
      run: async () => {
        await store.appendEvents(graph.planId, [
          { stepId: wholePlan, kind: 'cancel-requested', text: 'keep', at: new Date(0) },
        ]);
      },
    });
    expect(await apply(runner, graph)).toBe('kept');
    expect(calls).toEqual(['run first']);
  });

  it('says that there is no such plan', async () => {
    const { runner } = await makeRunner({});
    await expect(runner.requestCancel(newPlanId(), 'undo')).rejects.toMatchObject({ code: 'not-found' });
  });
});
