import { PlatformError } from '@trencadis/errors';
import { describe, expect, it } from 'vitest';
import { statusOf, toAwsError, translated } from './errors.ts';

const service = { name: 'Amazon XYZ', meanings: [] };

/** As the SDK throws them. */
function thrown(fields: object, message = 'It is so.'): Error {
  return Object.assign(new Error(message), fields);
}
const refused = (name: string, status: number, message?: string) =>
  thrown({ name, $fault: 'client', $metadata: { httpStatusCode: status, requestId: 'r-1' } }, message);

describe('what a service says', () => {
  it('comes with its name, its code and the remedy', () => {
    const error = toAwsError(refused('ThingNotFound', 400), service);
    expect(error).toMatchObject({
      code: 'not-found',
      details: { awsCode: 'ThingNotFound', requestId: 'r-1' },
    });
    expect(error.message).toMatch(/^Amazon XYZ: It is so \(ThingNotFound\)\. Check the name/);
  });

  it('of credentials is not repeated, as it holds signed headers', () => {
    const error = toAwsError(refused('SignatureDoesNotMatch', 403, 'x-amz-security-token:FwoGZX'), service);
    expect(error.code).toBe('unauthenticated');
    expect(`${error.message} ${JSON.stringify(error.details)} ${String(error.cause)}`).not.toContain(
      'FwoGZX',
    );
  });

  it('of a policy is kept for the log', () => {
    const said = 'Not authorized. Encoded authorization failure message: AbC123';
    const error = toAwsError(refused('UnauthorizedOperation', 403, said), service);
    expect(error.message).not.toContain('AbC123');
    expect(error.details['awsMessage']).toContain('AbC123');
  });

  it.each([
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [418, 'internal'],
    [429, 'unavailable'],
    [500, 'unavailable'],
  ])('with a code that nobody knows is judged by its status %i', (status, code) => {
    expect(toAwsError(refused('Strange', status), service).code).toBe(code);
  });
});

describe('an end point', () => {
  it.each([
    ['ECONNREFUSED', 'unavailable', /Amazon XYZ's end point does not answer \(ECONNREFUSED\)/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unauthenticated', /of Amazon XYZ's end point is not trusted/],
  ])('that is not reached (%s) is %s', (name, code, message) => {
    const error = toAwsError(thrown({ code: name }), service);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it.each([
    ['another’s', { $metadata: { httpStatusCode: 200 } }, 'unavailable', /none of Amazon XYZ's/],
    ['one that refuses', { $response: { statusCode: 403 } }, 'forbidden', /refuses the request \(HTTP 403\)/],
  ])('that is %s is told so', (_, fields, code, message) => {
    const error = toAwsError(thrown(fields), service);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

it('takes anything else for a bug', () => {
  expect(toAwsError(new TypeError('x is not a function'), service).code).toBe('internal');
  expect(toAwsError('boom', service).code).toBe('internal');
});

it('passes on our own errors and the reason of an abort', async () => {
  const own = new PlatformError('conflict', 'Plan again.');
  const signal = new AbortController().signal;
  await expect(translated(service, signal, () => Promise.reject(own))).rejects.toBe(own);
  const stop = new AbortController();
  const work = () => {
    stop.abort(new Error('called off'));
    return Promise.reject(thrown({ name: 'AbortError' }));
  };
  await expect(translated(service, stop.signal, work)).rejects.toThrow('called off');
});

it('knows the status of an answer, and that there was none', () => {
  expect(statusOf(refused('X', 404))).toBe(404);
  expect(statusOf(thrown({ $response: { statusCode: 502 } }))).toBe(502);
  expect(statusOf(thrown({ code: 'ECONNRESET' }))).toBeUndefined();
  expect(statusOf(undefined)).toBeUndefined();
});
