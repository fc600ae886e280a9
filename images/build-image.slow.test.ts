import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltImage, buildImage, findBuiltImage, loadRecipe } from './index.ts';
import type { Recipe } from './recipe.ts';
import { runInRoot } from './run-isolated.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trencadis-images-'));
});

afterAll(async () => await rm(directory, { recursive: true }));

async function outputIn(image: BuiltImage, ...argv: readonly string[]): Promise<string> {
  const { lines, failure } = await runInRoot(image.rootfs, argv, {});
  const output = lines.join('\n');
  if (failure !== undefined) throw new Error(`${argv.join(' ')} failed: ${output}`, { cause: failure });
  return output;
}

async function folders(): Promise<readonly string[]> {
  return (await readdir(directory)).filter((name) => name !== '.lock' && name !== 'apt-cache').toSorted();
}

/** No packages beyond the smallest Debian: fails or is aborted early. */
const tiny: Pick<Recipe, 'packages' | 'files' | 'node' | 'customize'> = {
  packages: [],
  files: [],
  node: false,
  customize: [],
};

describe('base-toolkits', () => {
  let recipe: Recipe;
  let image: BuiltImage;
  const percents: number[] = [];

  beforeAll(async () => {
    recipe = await loadRecipe('base-toolkits');
    await mkdir(join(directory, '.building-base-toolkits'));
    await writeFile(join(directory, '.building-base-toolkits/rootfs'), 'of a build that was interrupted');
    image = await buildImage(recipe, { directory, onProgress: ({ percent }) => percents.push(percent) });
  });

  it('tells its progress, up to the end', () => {
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents.at(-1)).toBe(100);
    expect(percents.length).toBeGreaterThan(20);
  });

  it('leaves the image and nothing unfinished', async () => {
    expect(await folders()).toEqual([`base-toolkits-${image.cacheKey.slice(0, 12)}`]);
    expect(await findBuiltImage(recipe, directory)).toEqual(image);
  });

  it('carries the service container: Node 24, Puppet, sshd, systemd, sudo', async () => {
    expect(await outputIn(image, 'node', '--version')).toMatch(/^v24\./);
    expect(await outputIn(image, 'puppet', '--version')).toMatch(/^7\.23\./);
    expect(await outputIn(image, 'systemctl', 'is-enabled', 'ssh', 'systemd-networkd')).toBe(
      'enabled\nenabled',
    );
    expect(await outputIn(image, 'sudo', '--version')).toMatch(/^Sudo version/);
    expect(image.packages).toContainEqual({ name: 'puppet-agent', version: expect.stringMatching(/^7\.23/) });
  });

  it('takes a host key and then has a valid sshd that refuses passwords', async () => {
    const key = '/dev/shm/key';
    const script = `mkdir -p /run/sshd && ssh-keygen -q -t ed25519 -N '' -f ${key} && sshd -T -h ${key}; rm -f ${key} ${key}.pub; rmdir /run/sshd`;
    const settings = await outputIn(image, 'sh', '-c', script);
    expect(settings).toContain('passwordauthentication no');
    expect(settings).toContain('permitrootlogin without-password');
  });

  it('has no secrets, no identity and nothing of the build host', async () => {
    expect(await readdir(join(image.rootfs, 'etc/ssh'))).not.toContainEqual(
      expect.stringMatching(/^ssh_host_/),
    );
    expect(await readFile(join(image.rootfs, 'etc/machine-id'), 'utf8')).toBe('');
    const shadow = await readFile(join(image.rootfs, 'etc/shadow'), 'utf8');
    for (const line of shadow.trim().split('\n')) expect(line.split(':')[1]).toMatch(/^[!*]/);
    const etc = await readdir(join(image.rootfs, 'etc'));
    for (const name of ['hostname', 'resolv.conf']) expect(etc).not.toContain(name);
    expect(await readdir(join(image.rootfs, 'etc/apt/sources.list.d'))).toEqual([]);
  });

  it('is closed to other users of the host', async () => {
    expect((await stat(join(image.rootfs, '..'))).mode & 0o777).toBe(0o700);
  });

  it('is built only once', async () => {
    const again: number[] = [];
    expect(await buildImage(recipe, { directory, onProgress: ({ percent }) => again.push(percent) })).toEqual(
      image,
    );
    expect(again).toEqual([]);
  });

  it('has the same bytes when built again', async () => {
    const elsewhere = join(directory, 'again');
    const second = await buildImage(recipe, { directory: elsewhere });
    await rm(elsewhere, { recursive: true });
    expect(second.digest).toBe(image.digest);
    expect(second.packages).toEqual(image.packages);
  });
});

describe('postgresql', () => {
  it('carries PostgreSQL 15, without a cluster, a key or a Node', async () => {
    const image = await buildImage(await loadRecipe('postgresql'), { directory });
    expect(await outputIn(image, '/usr/lib/postgresql/15/bin/postgres', '--version')).toContain(' 15.');
    expect(await outputIn(image, 'pg_lsclusters', '--no-header')).toBe('');
    expect(await readdir(join(image.rootfs, 'etc/ssl/private'))).toEqual([]);
    expect(await readdir(join(image.rootfs, 'usr/local/bin'))).toEqual([]);
    expect(await outputIn(image, 'systemctl', 'is-enabled', 'postgresql-cluster')).toBe('enabled');
  });
});

describe('a build that fails', () => {
  it('names the recipe and the package that Debian has not, and leaves nothing', async () => {
    const before = await folders();
    const recipe = { ...(await loadRecipe('machine-base')), ...tiny, packages: ['no-such-package-of-ours'] };
    await expect(buildImage(recipe, { directory })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(
        /^Building image 'machine-base' failed while .*no-such-package-of-ours/s,
      ),
    });
    expect(await folders()).toEqual(before);
  });

  it('names the command that failed and shows its output', async () => {
    const before = await folders();
    const recipe = { ...(await loadRecipe('machine-base')), ...tiny, customize: [['ls', '/not/there']] };
    await expect(buildImage(recipe, { directory })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/'machine-base' failed while running 'ls \/not\/there'.*No such file/s),
    });
    expect(await folders()).toEqual(before);
  });

  it('refuses an image that would carry a secret', async () => {
    const customize = [['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', '/root/id_ed25519']];
    const recipe = {
      ...(await loadRecipe('machine-base')),
      ...tiny,
      packages: ['openssh-client'],
      customize,
    };
    await expect(buildImage(recipe, { directory })).rejects.toThrow('/root/id_ed25519 is a private key');
  });

  it('stops when aborted, with nothing left behind', async () => {
    const before = await folders();
    const abort = new AbortController();
    const reason = new Error('changed my mind');
    const onProgress = ({ percent }: { percent: number }): void => {
      if (percent >= 10) abort.abort(reason);
    };
    const recipe = { ...(await loadRecipe('machine-base')), ...tiny, sourceDateEpoch: 1_767_225_601 };
    await expect(buildImage(recipe, { directory, onProgress, signal: abort.signal })).rejects.toBe(reason);
    expect(await folders()).toEqual(before);
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(directory);
  });
});
