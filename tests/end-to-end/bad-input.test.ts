import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openComponentRepository } from '@trencadis/component-repository';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Trencadis } from './trencadis.ts';

const fig3AsPrinted = fileURLToPath(
  new URL('../../platform/radl/testing/fig3-as-printed.radl', import.meta.url),
);

let trencadis: Trencadis;
let folder: string;

beforeAll(async () => {
  trencadis = await Trencadis.create();
  folder = await mkdtemp(join(tmpdir(), 'trencadis-bad-input-'));
});
afterAll(async () => {
  await trencadis[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function document(name: string, text: string): Promise<string> {
  const path = join(folder, `${name}.radl`);
  await writeFile(path, text);
  return path;
}

function postgresql(
  configure: string,
  system = `disk.0.applications contains (name = 'PostgreSQL')`,
): string {
  return `# dialect: paper
network private
system DB (net_interface.0.connection = 'private' and ${system})
configure DB (${configure})
deploy DB 1
`;
}

describe('documents with mistakes', () => {
  it('tells all problems of Fig. 3 as printed, each with its place and the nearest id', async () => {
    const { exitCode, all } = await trencadis.start('deploy', fig3AsPrinted, '--dialect', 'paper', '--yes');
    expect(exitCode).toBe(2);
    expect(all.match(/error(\[| )RADL\d+/g)?.length).toBeGreaterThanOrEqual(8);
    expect(all).toContain('fig3-as-printed.radl:');
    expect(all).toContain('BACKEND_POSTGRESQL');
    expect(await trencadis.run('status')).toContain('No infrastructure');
  });

  it('names the requirement that no image meets, and the nearest image', async () => {
    const file = await document(
      'no-image',
      postgresql('', `disk.0.applications contains (name = 'PostgreSQL', version >= '99')`),
    );
    const { exitCode, all } = await trencadis.start('plan', file);
    expect(exitCode).toBe(2);
    expect(all).toMatch(/RADL401/);
    expect(all).toMatch(/nearest is 'PostgreSQL', it lacks PostgreSQL >= 99/);
  });
});

describe('a recipe that fails on the machine', () => {
  beforeAll(async () => {
    const components = openComponentRepository({ directory: join(trencadis.home, 'components') });
    const content = Buffer.from('create table broken (;\n');
    await components.add({ fileName: 'broken.sql', version: '1', description: 'not SQL', content });
  });
  const recipe = `create_database {'Broken': file => 'broken.sql'}`;

  it('names the VM, the resource and its message, and removes all that it made', async () => {
    const file = await document('failing', postgresql(recipe));
    const { exitCode, all } = await trencadis.start('deploy', file, '--yes');
    expect(exitCode).toBe(1);
    expect(all).toMatch(/db-1/);
    expect(all).toMatch(/Create_database\[Broken\]/);
    expect(all).toMatch(/syntax error/);
    expect(all).toMatch(/undone: create VM/);
    expect(await trencadis.leftovers()).toEqual([]);
  });

  it('keeps what it made when asked, to look at, and removes it on destroy', async () => {
    const file = await document('kept', postgresql(recipe));
    expect((await trencadis.start('deploy', file, '--yes', '--keep')).exitCode).toBe(1);
    expect(await trencadis.run('ssh', 'kept', 'db-1', '--', 'hostname')).toMatch(/db-1/);
    expect(await trencadis.run('status', 'kept')).toMatch(/failed/);
    await trencadis.run('destroy', 'kept', '--yes');
    expect(await trencadis.leftovers()).toEqual([]);
  });
});

describe('a host that is not ready', () => {
  it('names a missing package and why, and makes nothing when nobody can be asked', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    const { stdout: which } = await execa('which', ['which']);
    for (const program of [which, process.execPath])
      await symlink(program, join(bin, program.split('/').at(-1) ?? ''));
    const { exitCode, all } = await trencadis.startWith({ PATH: bin }, 'setup');
    expect(exitCode).toBe(2);
    expect(all).toMatch(/mmdebstrap: builds machine images/);
    expect(all).toMatch(/--yes/);
  });

  it('says that the disk is too full before anything is made', async () => {
    const small = join(folder, 'small');
    await mkdir(small);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'trencadis-test', small]);
    try {
      const { exitCode, all } = await trencadis.startWith({ TRENCADIS_HOME: small }, 'demo', '--yes');
      expect(exitCode).toBe(7);
      expect(all).toMatch(/small.* 0\.0 GiB of free space/);
    } finally {
      await execa('umount', [small]);
    }
  });
});
