import { pollUntil, systemClock as clock } from '@trencadis/clock';
import { newInfrastructureId } from '@trencadis/ids';
import { type Database, connect } from '@trencadis/postgres';
import { type TestDatabase, freshDatabase } from '@trencadis/postgres/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ControlMessage } from './control-message.ts';
import { createPostgresLeadership } from './leadership-postgres.ts';
import type { Leadership } from './leadership.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {} };
const key = { infrastructureId: newInfrastructureId(), serviceId: 'front' };

/** A process with a pool of its own. */
class Candidate {
  readonly closing = new AbortController();
  readonly messages: ControlMessage[] = [];
  readonly leadership: Leadership;
  readonly #database: Database;
  readonly #running: Promise<void>;
  isLeading = false;
  hasLost = 0;

  constructor(url: string) {
    this.#database = connect(url);
    this.leadership = createPostgresLeadership({ database: this.#database, clock, log });
    const work = {
      lead: (signal: AbortSignal) => this.#lead(signal),
      onMessage: (message: ControlMessage) => void this.messages.push(message),
    };
    this.#running = this.leadership.run(work, this.closing.signal);
  }

  async #lead(signal: AbortSignal): Promise<void> {
    this.isLeading = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    this.isLeading = false;
    this.hasLost += 1;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.#running;
    await this.#database.close();
  }
}

async function until(holds: () => boolean): Promise<void> {
  const probe = async () => (holds() ? true : undefined);
  expect(await pollUntil(probe, { clock, everyMs: 20, deadlineMs: 10_000 })).toBe(true);
}

describe('of processes on one database', () => {
  let database: TestDatabase;
  let one: Candidate;
  let other: Candidate;
  beforeEach(async () => {
    database = await freshDatabase();
    one = new Candidate(database.url);
    await until(() => one.isLeading);
    other = new Candidate(database.url);
  });
  afterEach(async () => {
    await Promise.all([one.close(), other.close()]);
    await database[Symbol.asyncDispose]();
  });

  it('one leads, and another once it closes', async () => {
    await clock.sleep(100);
    expect(other.isLeading).toBe(false);
    await one.close();
    await until(() => other.isLeading);
    expect(one.isLeading).toBe(false);
  });

  it('the leader stops when its connection is cut, and one of them leads on', async () => {
    await database.db.pool.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database =
         (select oid from pg_database where datname = current_database())`,
    );
    await until(() => one.hasLost === 1);
    await until(() => one.isLeading || other.isLeading);
    expect([one.isLeading, other.isLeading]).toContain(false);
  });

  it('each tells the leader', async () => {
    await one.leadership.tell({ kind: 'changed', key });
    await other.leadership.tell({ kind: 'metrics', key, figures: { metrics: { queue: 7 } } });
    await database.db.pool.query("select pg_notify('service_control', 'no JSON')");
    await database.db.pool.query(`select pg_notify('service_control', '{"kind": "other"}')`);
    await until(() => one.messages.length === 2);
    expect(one.messages).toEqual([
      { kind: 'changed', key },
      { kind: 'metrics', key, figures: { metrics: { queue: 7 } } },
    ]);
    expect(other.messages).toEqual([]);
  });
});
