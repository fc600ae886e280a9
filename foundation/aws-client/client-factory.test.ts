import { expect, it } from 'vitest';
import { awsClientFactory } from './client-factory.ts';
import { refuseStrangers } from './refuse-strangers.ts';

const account = { accessKeyId: 'id', secretAccessKey: 'key', region: 'eu-west-1' };

it('makes a client once, and again where that has failed', async () => {
  let made = 0;
  const client = awsClientFactory(account, '').json(async ({ region }) => {
    made += 1;
    if (made === 1) throw new Error('cannot be loaded');
    return { region };
  });
  await expect(client()).rejects.toThrow('cannot be loaded');
  const [one, other] = await Promise.all([client(), client()]);
  expect(one).toBe(other);
  expect(one).toEqual({ region: 'eu-west-1' });
  expect(made).toBe(2);
});

it('gives the end point where there is one', async () => {
  const settings = async (endpoint: string | undefined) =>
    awsClientFactory(account, endpoint).json(async (all) => all)();
  expect(await settings('http://localhost:1')).toMatchObject({ endpoint: 'http://localhost:1' });
  expect(await settings('')).not.toHaveProperty('endpoint');
});

const answerOf = (statusCode: number, headers: object) => ({ response: { statusCode, headers } });

it.each([
  [200, 'text/xml;charset=UTF-8'],
  [200, 'application/xml'],
  // What is refused has its own way.
  [503, 'text/html'],
])('takes answers %i in %s', async (status, type) => {
  const answer = answerOf(status, { 'content-type': type });
  expect(await refuseStrangers(async () => answer)(undefined)).toBe(answer);
});

it.each([{ 'content-type': 'text/html' }, {}])('refuses answers with headers %j', async (headers) => {
  const asked = refuseStrangers(async () => answerOf(200, headers))(undefined);
  await expect(asked).rejects.toMatchObject({ $metadata: { httpStatusCode: 200 } });
});
