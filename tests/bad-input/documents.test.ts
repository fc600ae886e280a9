import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BadInputPlatform, machines } from './bad-input-platform.ts';

let platform: BadInputPlatform;
let deployed: { readonly id: string };

beforeAll(async () => {
  platform = await BadInputPlatform.start({ accountQuota: { vms: 3 } });
  deployed = await platform.deploy(machines(), { name: 'there' });
});
afterAll(() => platform[Symbol.asyncDispose]());

/** All that a refused request may not change. */
async function everything(): Promise<unknown> {
  const { body: list } = await platform.call('GET', '/api/infrastructures');
  const { body: plans } = await platform.call('GET', `/api/infrastructures/${deployed.id}/plans`);
  return { list, plans, site: platform.leftovers() };
}

const change = (body: unknown) =>
  platform.call('POST', `/api/infrastructures/${deployed.id}/plans`, { body });

let before: unknown;
beforeEach(async () => {
  before = await everything();
});

/** A problem in the document, with its place. */
const problem = (code: string, line: number, message: RegExp) => ({
  code,
  message: expect.stringMatching(message),
  span: expect.objectContaining({ line, column: expect.any(Number) }),
});

describe('a document', () => {
  it('with mistakes is answered with all of them, each with its place and what to write', async () => {
    const radl = [
      "system a (cpu.count >= 'x' and foo.bar = 1",
      'system b (memory.size >= 1q)',
      'deploy c 1',
    ].join('\n');
    const { status, body } = await platform.plan({ radl, dialect: 'im' });
    expect([status, body]).toEqual([
      200,
      {
        kind: 'problems',
        diagnostics: [
          expect.objectContaining(problem('RADL302', 1, /cpu\.count takes a number, not 'x'/)),
          expect.objectContaining(problem('RADL301', 1, /"foo\.bar" is no key/)),
          expect.objectContaining({
            ...problem('RADL201', 2, /`\)` is expected/),
            hint: 'close the parenthesis of line 1',
          }),
          expect.objectContaining({ ...problem('RADL304', 2, /"q" is no unit/), hint: expect.any(String) }),
          expect.objectContaining(problem('RADL312', 3, /system "c" is not declared/)),
        ],
      },
    ]);
    expect(await everything()).toEqual(before);
  });

  const wanting: readonly (readonly [string, unknown, object])[] = [
    [
      'that names an image of a cloud which is not there is told which that is',
      machines(1, " and\n  disk.0.image.url = 'one://nowhere/7'"),
      problem(
        'RADL401',
        2,
        /Image 'one:\/\/nowhere\/7' is one of product 'opennebula' at 'nowhere', which VM manager 'memory' is not/,
      ),
    ],
    [
      'that asks for a system which no image has is told the nearest, and what to do',
      machines(1, " and\n  disk.0.os.flavour = 'plan9'"),
      problem('RADL401', 2, /node: No image meets .*plan9.* relax .* or add an image/),
    ],
    [
      'that deploys on a cloud which is not there is told which there are',
      machines(1, '', 'deploy node 1 mars'),
      { ...problem('RADL402', 6, /called 'mars'/), hint: 'There are: memory, second.' },
    ],
  ];
  it.each(wanting)('%s', async (_, document, diagnostic) => {
    for (const answer of [await platform.plan(document), await change({ kind: 'deploy', document })]) {
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        kind: 'problems',
        diagnostics: [{ severity: 'error', ...diagnostic }],
      });
    }
    expect(await everything()).toEqual(before);
  });
});

describe('a body of 10 MB', () => {
  const radl = `# ${'x'.repeat(10_000_000)}`;
  const large = { radl, dialect: 'im' };

  it.each([
    ['/api/plans', { name: 'large', document: large }],
    ['/api/infrastructures/{id}/plans', { kind: 'deploy', document: large }],
  ])('is refused at %s, and the next request is answered', async (path, body) => {
    const refusal = await platform.call('POST', path.replace('{id}', deployed.id), { body });
    expect(refusal).toMatchObject({
      status: 413,
      body: { code: 'invalid-argument', detail: expect.stringMatching(/8 ?MiB|8388608/) },
    });
    expect(await everything()).toEqual(before);
  });
});

describe('10,000 VMs under a quota of 3', () => {
  const refusal = (left: number) => ({
    status: 507,
    body: {
      code: 'quota-exceeded',
      subject: 'vms',
      detail: expect.stringMatching(new RegExp(`quota of 3 has ${left} left\\. Ask for less, destroy`)),
    },
  });

  it('are refused before any image is looked for or VM manager asked', async () => {
    const { site } = platform.simulation;
    const asked = site.calls('quota') + site.calls('listVms');
    expect(await platform.plan(machines(10_000))).toMatchObject(refusal(2));
    expect(site.calls('quota') + site.calls('listVms')).toBe(asked);
    expect(await everything()).toEqual(before);
  });

  it.each([
    ['added', { kind: 'add', radl: 'deploy node 10000' }],
    ['asked for by another document', { kind: 'deploy', document: machines(10_000) }],
  ])('are refused when %s, and what is deployed stays', async (_, body) => {
    expect(await change(body)).toMatchObject(refusal(3));
    expect(await everything()).toEqual(before);
  });

  it('are nobody else’s: another account deploys', async () => {
    const body = { name: 'many', document: machines(4) };
    const { status } = await platform.call('POST', '/api/plans', { body, as: 'bob' });
    expect(status).toBe(200);
  });
});
