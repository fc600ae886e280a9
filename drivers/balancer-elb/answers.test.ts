import { type ServerResponse, createServer } from 'node:http';
import { meaningOf } from '@trencadis/aws-client';
import { isPlatformError } from '@trencadis/errors';
import { expect, it } from 'vitest';
import { amazon } from './errors.ts';
import { createElbBalancer } from './index.ts';

const signal = new AbortController().signal;
const secret = 'very-secret-access-key';
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: secret,
  sessionToken: 'very-secret-token',
  region: 'eu-west-1',
};

/** What a call makes of that answer of the end point. */
async function errorOf(answer: (outgoing: ServerResponse) => void) {
  const server = createServer((_incoming, outgoing) => answer(outgoing));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const driver = createElbBalancer({ credentials, endpoint: `http://127.0.0.1:${port}` });
  try {
    await driver.describeBalancer('main', signal);
    throw new Error('nothing was refused');
  } catch (error) {
    if (!isPlatformError(error)) throw error;
    if (/very-secret/.test(JSON.stringify([error.message, error.details])))
      throw new Error('it tells a secret', { cause: error });
    return { code: error.code, message: error.message };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const failure = (code: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;

it.each([
  ['AccessDenied', 403, 'forbidden'],
  ['SignatureDoesNotMatch', 403, 'unauthenticated'],
  ['ExpiredToken', 403, 'unauthenticated'],
  ['Throttling', 400, 'unavailable'],
  ['TooManyLoadBalancers', 400, 'quota-exceeded'],
])('reads %s', async (awsCode, status, code) => {
  const error = await errorOf((outgoing) =>
    outgoing.writeHead(status, { 'content-type': 'text/xml' }).end(failure(awsCode)),
  );
  expect(error.code).toBe(code);
});

it('takes no page of HTML for an account without anything', async () => {
  const error = await errorOf((outgoing) =>
    outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Log in</body></html>'),
  );
  expect(error.code).toBe('unavailable');
});

it('says that nobody answers', async () => {
  const error = await errorOf((outgoing) => outgoing.destroy());
  expect(error).toMatchObject({ code: 'unavailable', message: expect.stringMatching(/end point/) as string });
});

it.each([
  ['TargetGroupNotFoundException', 'not-found'],
  ['TooManyTargetsException', 'quota-exceeded'],
  ['AvailabilityZoneNotSupportedException', 'unsupported'],
  ['IncompatibleProtocolsException', 'conflict'],
  ['ScalingActivityInProgressFault', 'unavailable'],
])('knows %s', (awsCode, code) => {
  expect(meaningOf(awsCode, amazon)?.code).toBe(code);
});
