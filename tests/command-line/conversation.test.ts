import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServedPlatform } from './served-platform.ts';

const nodes = (count: number, more = '') => `network private ()
system node (
  cpu.count >= 1 and memory.size >= 512Mi and
  net_interface.0.connection = 'private' and disk.0.os.name = 'linux'
)
deploy node ${count}
${more}`;

describe('a conversation', () => {
  let platform: ServedPlatform;
  let file: string;

  beforeAll(async () => {
    platform = await ServedPlatform.start({ latencyMs: 20 });
    file = await platform.document('nodes.radl', nodes(2));
  });
  afterAll(() => platform[Symbol.asyncDispose]());
  const vmNames = () =>
    [...platform.simulated.platform.site.vms.keys()].map((name) => name.replace(/^inf-\w+-/, ''));

  it('shows a plan and applies nothing when nobody can be asked; the plan can be applied later', async () => {
    const refused = await platform.run('deploy', file);
    expect(refused.exitCode).toBe(2);
    expect(refused.stdout).toContain('+ create VM node 1-2 (1 CPU, 512 MiB) at memory');
    expect(vmNames()).toEqual([]);
    const [, planId = ''] = /trencadis apply (plan-\w+)/.exec(refused.stderr) ?? [];
    const applied = await platform.run('apply', planId);
    expect(applied).toMatchObject({ exitCode: 0, stderr: '' });
    expect(applied.stdout).toMatch(/done: wait for SSH on node-2[^]*nodes \(inf-\w+\): deployed/);
    expect(vmNames()).toHaveLength(2);
  });

  it('says that there is nothing to do', async () => {
    const { exitCode, stdout } = await platform.run('deploy', file, '--yes', '--expires', '7d');
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Nothing to do/),
    });
    expect(stdout).toContain('lease: until ');
  });

  it('adds, removes, alters, and stops VMs by name, part or number', async () => {
    const more = await platform.document('more.radl', 'system node\ndeploy node 1\n');
    expect((await platform.run('add', 'nodes', more, '--yes')).stdout).toContain('+ create VM node 3');
    expect((await platform.run('rm', 'nodes', '1', '--yes')).stdout).toContain('- delete VM node 2');
    expect(vmNames()).toEqual(['node-1', 'node-3']);
    const altered = await platform.run(
      'alter',
      'nodes',
      'node-1',
      '--cpu',
      '2',
      '--disk',
      '10Gi:/data',
      '--yes',
    );
    expect(altered.stdout).toContain('~ change VM node 1 in place (1 -> 2 CPU, 0 -> 1 disks; restarts it)');
    expect((await platform.run('stop', 'nodes', 'node-3', '--yes')).stdout).toMatch(/node-3 +memory +off/);
    const unclear = await platform.run('reboot', 'nodes', 'node', '--yes');
    expect(unclear.exitCode).toBe(2);
    expect(unclear.stderr).toMatch(/2 VMs match 'node'.*node-1 \(0\), inf-\w+-node-3 \(2\)/);
  });

  it('answers machines one JSON value a line: the plan, the events, the status', async () => {
    const lines = await platform.json('start', 'nodes', '--yes');
    expect(lines[0]).toMatchObject({
      kind: 'start',
      steps: [{ kind: 'adopt-target@1' }, { kind: 'start-vm@1' }, {}],
    });
    expect(lines.slice(1, -1).map(({ kind }) => kind)).toContain('succeeded');
    expect(lines.at(-1)).toMatchObject({ phase: 'deployed' });
    const missing = await platform.run('status', 'nobody', '--json');
    expect(missing.exitCode).toBe(3);
    expect(JSON.parse(missing.stdout)).toMatchObject({ error: { code: 'not-found' } });
  });

  it('completes names of infrastructures, VMs and plans', async () => {
    expect((await platform.run('complete', '--', 'status', '')).stdout).toBe('nodes\t2 VMs');
    expect((await platform.run('complete', '--', 'rm', 'nodes', 'node-3')).stdout).toBe('node-3\t2, running');
    expect((await platform.run('complete', '--', 'apply', 'plan-')).stdout).toMatch(
      /^plan-\w+\tstart nodes /,
    );
  });

  it('shares, and ends a lease', async () => {
    expect((await platform.run('share', 'nodes', 'doctors', 'read')).stdout).toContain(
      'group doctors may read',
    );
    const [shared] = await platform.json('lease', 'nodes', 'none');
    expect(shared).toMatchObject({ shares: [{ group: 'doctors', right: 'read' }] });
    expect(shared).not.toHaveProperty('expiresAt');
  });

  it('watches: one JSON value for each change, none for what stays', async () => {
    const watching = platform.begin('status', 'nodes', '--watch', '--json');
    const seen: string[] = [];
    watching.stdout.on('data', (chunk: Buffer) => seen.push(...chunk.toString().trim().split('\n')));
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(1);
    await platform.run('share', 'nodes', 'nurses', 'change');
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(2);
    watching.kill('SIGINT');
    await watching;
    expect(JSON.parse(seen[1] ?? '')).toMatchObject({
      infrastructure: { shares: [{}, { group: 'nurses' }] },
    });
    expect(seen).toHaveLength(2);
  });

  it('destroys, and again', async () => {
    expect((await platform.run('destroy', 'nodes', '--yes')).stdout).toContain("Destroyed 'nodes'.");
    expect(vmNames()).toEqual([]);
    expect(await platform.run('destroy', 'nodes', '--yes')).toMatchObject({ exitCode: 0 });
  });
});

describe('a plan that runs', () => {
  it('goes on after Ctrl-C, which says how to come back; then it can be cancelled', async () => {
    await using slow = await ServedPlatform.start({ latencyMs: 20, bootMs: 120_000 });
    const deploying = slow.begin('deploy', await slow.document('nodes.radl', nodes(1)), '--yes');
    await expect.poll(() => slow.simulated.platform.site.vms.size, { timeout: 30_000 }).toBe(1);
    deploying.kill('SIGINT');
    const { exitCode, stderr } = await deploying;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/plan plan-\w+ goes on[^]*trencadis logs nodes[^]*trencadis cancel nodes/);
    expect((await slow.json('status', 'nodes'))[0]).toMatchObject({ phase: 'deploying' });
    const cancelled = await slow.run('cancel', 'nodes');
    expect(cancelled).toMatchObject({ exitCode: 0, stderr: '' });
    expect(cancelled.stdout).toContain('undone: create VM node-1');
    expect(slow.simulated.platform.site.vms.size).toBe(0);
  });

  it('ends with 1 when it fails, with the cause, and undoes what it did', async () => {
    await using failing = await ServedPlatform.start();
    failing.simulated.platform.site.failNext('createVm', 'invalid-argument');
    const { exitCode, stdout, stderr } = await failing.run(
      'deploy',
      await failing.document('n.radl', nodes(1)),
      '--yes',
    );
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/FAILED: create VM node-1/);
    expect(stdout).toContain('undone: create private network private');
    expect(stderr).toContain('everything it made was removed again');
  });
});
