import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addClouds, judgeClouds } from './add-clouds.ts';
import type { CloudOrder } from './cloud-order.ts';
import { printChanges } from './print-cloud.ts';
import { readImAuthFile } from './read-im-auth-file.ts';

/** A platform that has `old` already and refuses what is of product `bad`. */
function platform() {
  const done: string[] = [];
  const putCloud: Parameters<typeof addClouds>[0]['putCloud'] = async ({ params: { name }, body }) => {
    if (body.product === 'bad') throw new PlatformError('invalid-argument', 'password: is missing.');
    if (body.product === 'silent') throw new PlatformError('unavailable', 'No answer.');
    if (body.dryRun !== true) done.push(name);
    const change = name === 'old' ? ('unchanged' as const) : ('added' as const);
    return {
      key: name,
      name,
      product: body.product,
      owner: 'ana',
      createdAt: '2026-01-01T00:00:00Z',
      change,
    };
  };
  return { client: { putCloud }, done };
}
const order = (name: string, product = 'x'): CloudOrder => ({ name, body: { product } });

describe('adding clouds', () => {
  it('shows what would change without doing it', async () => {
    const { client, done } = platform();
    const changes = await judgeClouds(client, [order('new'), order('old')]);
    expect(printChanges(changes)).toBe('+  new  x\n=  old  x\n');
    expect(done).toEqual([]);
  });

  it('adds none when one is refused, and says all that is', async () => {
    const { client, done } = platform();
    const adding = addClouds(client, [order('new'), order('one', 'bad'), order('two', 'bad')]);
    await expect(adding).rejects.toThrow(/2 of 3 clouds.*\n {2}one: password: is missing\.\n {2}two: /);
    expect(done).toEqual([]);
  });

  it('stops when the platform does not answer', async () => {
    const { client } = platform();
    await expect(addClouds(client, [order('a', 'silent')])).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('adds all in their order, which is the one in which they are preferred', async () => {
    const { client, done } = platform();
    await addClouds(client, [order('new'), order('old')]);
    expect(done).toEqual(['new', 'old']);
  });
});

describe('an auth file of the Infrastructure Manager', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trencadis-auth-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('is read with the files that it names; what has no driver is left out', async () => {
    await writeFile(join(directory, 'secret.txt'), 'pw');
    const path = join(directory, 'auth.dat');
    await writeFile(
      path,
      [
        '# mine',
        'type = InfrastructureManager; username = ana; password = x',
        'id = One; type = OpenNebula; host = one:2633; username = ana; password = file(secret.txt)',
        'id = az; type = Azure; subscription_id = 1',
      ].join('\n'),
    );
    expect(await readImAuthFile(path)).toEqual({
      orders: [
        {
          name: 'one',
          body: {
            product: 'opennebula',
            endpoint: 'one:2633',
            credentials: { username: 'ana', password: 'pw' },
          },
        },
      ],
      left: ['az (Azure): this platform has no driver for that type'],
    });
  });
});
