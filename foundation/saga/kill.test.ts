import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { newPlanId } from '@trencadis/ids';
import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sagaMigrations } from './index.ts';

let directory: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'trencadis-kill-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

function startProcess(url: string, traceFile: string, planId: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testing/chain-process.ts')], {
    env: { DATABASE_URL: url, TRACE_FILE: traceFile, PLAN_ID: planId },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

it('runs only the interrupted step twice when its process is killed (kill -9)', async () => {
  await using database = await freshDatabase();
  await migrate(database.db, sagaMigrations);
  const traceFile = join(directory, 'trace');
  writeFileSync(traceFile, '');
  const trace = () => readFileSync(traceFile, 'utf8').trim().split('\n').filter(Boolean);
  const planId = newPlanId();
  const killAfterLines = randomInt(1, 12);

  const first = startProcess(database.url, traceFile, planId);
  await expect
    .poll(() => trace().length, { timeout: 10_000, interval: 2 })
    .toBeGreaterThanOrEqual(killAfterLines);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const before = trace();

  const second = startProcess(database.url, traceFile, planId);
  expect(await text(second.stdout)).toBe('succeeded');
  const runs = trace().filter((line) => line.startsWith('run'));
  const twice = runs.filter((line, index) => runs.indexOf(line) !== index);
  const lastStarted = before.findLast((line) => line.startsWith('run'));
  expect(new Set(runs).size, `killed after ${killAfterLines} lines`).toBe(6);
  // Killed after the step's last line, its end may or may not have reached the log.
  const wasInterrupted = !before.includes(lastStarted?.replace('run', 'done') ?? '');
  const allowed = wasInterrupted ? [[lastStarted]] : [[], [lastStarted]];
  expect(allowed, `killed after ${killAfterLines} lines: ${runs.join(', ')}`).toContainEqual(twice);
});
