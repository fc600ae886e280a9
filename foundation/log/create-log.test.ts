import { describe, expect, it } from 'vitest';
import { createLog, type LogLevel } from './index.ts';

function capture(level: LogLevel = 'info') {
  const lines: Record<string, unknown>[] = [];
  const destination = {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  };
  return { log: createLog({ name: 'test', level, destination }), lines };
}

describe('createLog', () => {
  it('writes one JSON object a line with name, time, fields and message', () => {
    const { log, lines } = capture();
    log.child({ planId: 'plan-1' }).info({ stepCount: 2 }, 'plan applied');
    expect(lines).toEqual([
      expect.objectContaining({ name: 'test', planId: 'plan-1', stepCount: 2, message: 'plan applied' }),
    ]);
    expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('writes nothing below its level', () => {
    const { log, lines } = capture('warn');
    log.info({}, 'quiet');
    log.warn({}, 'loud');
    expect(lines.map((line) => line['message'])).toEqual(['loud']);
  });

  it('masks secret-looking keys at any depth, also in children, errors and URLs', () => {
    const { log, lines } = capture();
    const error = Object.assign(new Error('postgres://me:hunter2@db/x refused'), {
      details: { apiKey: 'hunter2' },
    });
    log.child({ token: 'hunter2' }).error(
      {
        error,
        headers: [{ Authorization: 'hunter2', 'X-Auth-Token': 'hunter2' }],
        share: Buffer.from('hunter2'),
      },
      'failed at https://a:hunter2@b',
    );
    const text = JSON.stringify(lines);
    expect(text).not.toContain('hunter2');
    expect(text).toContain('refused');
  });

  it('leaves keys that only look alike, and null, as they are', () => {
    const { log, lines } = capture();
    log.info({ sharedNetwork: 'a', tokenizer: 'b', password: null, bytes: Buffer.alloc(3) }, 'm');
    expect(lines[0]).toMatchObject({
      sharedNetwork: 'a',
      tokenizer: 'b',
      password: null,
      bytes: '[3 bytes]',
    });
  });
});
