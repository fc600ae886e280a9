import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type PlatformError, isPlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import { afterEach, describe, expect, it } from 'vitest';
import { createEc2Vmm, ec2Credentials } from './index.ts';
import { type AwsHandler, type FakeAws, ec2Answer, ec2Error, startFakeAws } from './testing/fake-aws.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
const tag = brandId('Tag', 'inf-test');
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const sessionToken = 'FwoGZXIvYXdzEXAMPLETOKEN';
const credentials = ec2Credentials.parse({
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: secret,
  sessionToken,
  region: 'eu-west-1',
});

let fake: FakeAws | undefined;
afterEach(() => fake?.stop());

async function driverAt(handle: AwsHandler) {
  fake = await startFakeAws(handle);
  return createEc2Vmm({ credentials, endpoint: fake.endpoint, pollEveryMs: 5 });
}

async function failureOf(work: Promise<unknown>): Promise<PlatformError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isPlatformError(error)) throw error;
  return error;
}

const noInstances = ec2Answer('DescribeInstances', '<reservationSet/>');
const noAddresses = ec2Answer('DescribeAddresses', '<addressesSet/>');
const empty: AwsHandler = ({ action }) => (action === 'DescribeAddresses' ? noAddresses : noInstances);

describe('an API that is disturbed', () => {
  it.each([
    ['a 500', ec2Error('InternalError', 'An internal error has occurred', 500)],
    ['a 503', ec2Error('Unavailable', 'The service is unavailable', 503)],
    ['a 503 without words', { status: 503, body: '' }],
    ['its throttling', ec2Error('RequestLimitExceeded', 'Request limit exceeded.', 503)],
    ['a 429', { status: 429, body: '' }],
    ['a page of a proxy', { body: '<!doctype html><html><body>Welcome</body></html>' }],
    ['what is no XML', { body: '\u0000\u0001garbage' }],
    ['JSON', { body: '{"ok":true}' }],
    ['nothing and hangs up', undefined],
  ])('is unavailable when it answers %s', async (_, answer) => {
    const driver = await driverAt(() => answer);
    const error = await failureOf(driver.listVms(tag, signal));
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(error.message).toMatch(/EC2/);
  });

  it('is unavailable when nobody listens', async () => {
    const driver = await driverAt(empty);
    await fake?.stop();
    const error = await failureOf(driver.listVms(tag, signal));
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it.each([
    ['throttled', { ...ec2Error('RequestLimitExceeded', 'slowly', 503), headers: { 'retry-after': '1' } }],
    ['broken', ec2Error('InternalError', 'again', 500)],
    ['cut off', undefined],
  ])('is asked again within the call when it was %s', async (_, first) => {
    let calls = 0;
    const driver = await driverAt((request) => ((calls += 1) === 1 ? first : empty(request)));
    expect(await driver.listVms(tag, signal)).toEqual([]);
    expect(calls).toBe(3);
  });

  it('lets an aborted caller go while it throttles', async () => {
    const abort = new AbortController();
    const driver = await driverAt(() => {
      setImmediate(() => abort.abort(new Error('called off')));
      return { ...ec2Error('RequestLimitExceeded', 'slowly', 503), headers: { 'retry-after': '20' } };
    });
    await expect(driver.listVms(tag, abort.signal)).rejects.toThrow('called off');
  });
});

describe('credentials', () => {
  it.each([
    ['AuthFailure', 401, /unknown, inactive/],
    ['SignatureDoesNotMatch', 403, /secret access key/],
    ['ExpiredToken', 400, /session token has expired/],
    ['RequestExpired', 400, /clock/],
  ])('that Amazon refuses with %s are unauthenticated, and not repeated', async (code, status, remedy) => {
    const said = `The canonical string was: x-amz-security-token:${sessionToken}`;
    const driver = await driverAt(() => ec2Error(code, said, status));
    const error = await failureOf(driver.listVms(tag, signal));
    expect(error).toMatchObject({ code: 'unauthenticated' });
    expect(error.details).toMatchObject({ awsCode: code });
    expect(error.message).toMatch(remedy);
    const told = `${error.message} ${JSON.stringify(error.details)} ${String(error.cause)} ${error.stack ?? ''}`;
    for (const hidden of [secret, sessionToken]) expect(told).not.toContain(hidden);
  });

  it('that lack a right are forbidden, without the encoded policy in the message', async () => {
    const said =
      'You are not authorized to perform this operation. Encoded authorization failure message: AbC123';
    const driver = await driverAt(() => ec2Error('UnauthorizedOperation', said, 403));
    const error = await failureOf(driver.listVms(tag, signal));
    expect(error.code).toBe('forbidden');
    expect(error.message).toContain('decode-authorization-message');
    expect(error.message).not.toContain('AbC123');
    expect(error.details['awsMessage']).toContain('AbC123');
  });

  it('that lack a right are told so by the check of rights, all of them', async () => {
    const driver = await driverAt(({ action }) =>
      action === 'GetParameter'
        ? { status: 400, headers: {}, body: '{"__type":"AccessDeniedException","message":"no"}' }
        : ec2Error('UnauthorizedOperation', 'You are not authorized.', 403),
    );
    const checks = await driver.checkRights(signal);
    expect(checks.length).toBeGreaterThan(40);
    for (const { holds, because } of checks) expect({ holds, because }).toMatchObject({ holds: false });
    expect(checks[0]?.because).toContain('Give the user or role that right');
  });
});

/** A service with a clock of its own that checks the time of a request as Amazon does: five minutes off at most. */
function serviceAhead(offsetMs: number): AwsHandler {
  return async (request) => {
    const now = Date.now() + offsetMs;
    const [, y, mo, d, h, mi, s] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers['x-amz-date'])) ?? [];
    const askedAt = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
    const isOnTime = Math.abs(askedAt - now) < 300_000;
    const answer = isOnTime ? await empty(request) : ec2Error('RequestExpired', 'Request has expired.');
    return { body: '', ...answer, headers: { ...answer?.headers, date: new Date(now).toUTCString() } };
  };
}

describe('a clock that is wrong', () => {
  it.each([3_600_000, -3_600_000])(
    'by %i ms is corrected by what the first answer says',
    async (offsetMs) => {
      const driver = await driverAt(serviceAhead(offsetMs));
      expect(await driver.listVms(tag, signal)).toEqual([]);
      expect(await driver.listVms(tag, signal)).toEqual([]);
      // Two calls a listing, and the one that was refused.
      expect(fake?.requests).toHaveLength(5);
    },
  );

  it('and is refused all the same is told with the remedy', async () => {
    const driver = await driverAt(() => ec2Error('RequestTimeTooSkewed', 'too large', 403));
    const error = await failureOf(driver.listVms(tag, signal));
    expect(error).toMatchObject({ code: 'unauthenticated' });
    expect(error.message).toMatch(/set the clock \(NTP\)/);
  });
});

async function selfSigned() {
  const directory = await mkdtemp(join(tmpdir(), 'trencadis-ec2-tls-'));
  try {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
    await run('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject]);
    return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('an end point with TLS', () => {
  it('whose certificate nobody vouches for is refused, and taken with its CA', async () => {
    const tls = await selfSigned();
    fake = await startFakeAws(empty, tls);
    const { endpoint } = fake;
    const error = await failureOf(createEc2Vmm({ credentials, endpoint }).listVms(tag, signal));
    expect(error).toMatchObject({ code: 'unauthenticated' });
    expect(error.message).toContain('give its CA as caCertificate');
    const trusting = createEc2Vmm({ credentials: { ...credentials, caCertificate: tls.cert }, endpoint });
    expect(await trusting.listVms(tag, signal)).toEqual([]);
  });
});
