import { X509Certificate } from 'node:crypto';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { systemClock } from '@trencadis/clock';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CertificatePems, createAuthority, issueServerCertificate } from './index.ts';

const run = promisify(execFile);
let authority: CertificatePems;
let server: CertificatePems;

beforeAll(async () => {
  authority = await createAuthority({ commonName: 'Trencadis inf-abcdefgh', clock: systemClock });
  server = await issueServerCertificate({
    authority,
    clock: systemClock,
    dnsNames: ['key-server.example', 'localhost'],
    ipAddresses: ['127.0.0.1', 'fd00::7'],
    days: 30,
  });
});

/** What a client that trusts `authorityPem` gets from a TLS server with that certificate: the status or the error code. */
async function visit(pems: CertificatePems, authorityPem: string, host: string): Promise<unknown> {
  const https = createServer({ cert: pems.certificatePem, key: pems.privateKeyPem }, (_, answer) =>
    answer.end(),
  );
  await new Promise<void>((done) => https.listen(0, '127.0.0.1', done));
  const { port } = https.address() as AddressInfo;
  const outcome = await new Promise<unknown>((resolve) => {
    get({ host: '127.0.0.1', port, ca: authorityPem, servername: host, agent: false }, (answer) =>
      resolve(answer.statusCode),
    ).on('error', (error) => resolve('code' in error ? error.code : error));
  });
  await new Promise((done) => https.close(done));
  return outcome;
}

describe('a server certificate', () => {
  it('is accepted by a TLS client that trusts the authority, for its names and addresses', async () => {
    expect(await visit(server, authority.certificatePem, 'key-server.example')).toBe(200);
    expect(await visit(server, authority.certificatePem, '')).toBe(200);
  });

  it('is refused for another name and by a client that trusts another authority', async () => {
    const other = await createAuthority({ commonName: 'Other', clock: systemClock });
    expect(await visit(server, authority.certificatePem, 'elsewhere.example')).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
    expect(await visit(server, other.certificatePem, 'localhost')).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED/);
  });

  it('is refused when its days are over', async () => {
    const past = { ...systemClock, now: () => new Date(Date.now() - 10 * 24 * 3600_000) };
    const expired = await issueServerCertificate({
      authority: await createAuthority({ commonName: 'Past', clock: past }),
      clock: past,
      dnsNames: ['localhost'],
      ipAddresses: [],
      days: 9,
    });
    const ca = await createAuthority({ commonName: 'Past', clock: past });
    const issued = await issueServerCertificate({
      authority: ca,
      clock: past,
      dnsNames: ['localhost'],
      ipAddresses: [],
      days: 9,
    });
    expect(new Date(new X509Certificate(expired.certificatePem).validTo).getTime()).toBeLessThan(Date.now());
    expect(await visit(issued, ca.certificatePem, 'localhost')).toBe('CERT_HAS_EXPIRED');
  });

  it('passes openssl verify in strict mode for a TLS server', async () => {
    await using temporary = await mkdtempDisposable(join(tmpdir(), 'trencadis-ca-'));
    const folder = temporary.path;
    await writeFile(join(folder, 'ca.pem'), authority.certificatePem);
    await writeFile(join(folder, 'server.pem'), server.certificatePem);
    const checks = ['-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'key-server.example'];
    const { stdout } = await run('openssl', [
      'verify',
      ...checks,
      '-CAfile',
      join(folder, 'ca.pem'),
      join(folder, 'server.pem'),
    ]);
    const { stdout: text } = await run('openssl', [
      'x509',
      '-noout',
      '-text',
      '-in',
      join(folder, 'server.pem'),
    ]);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(text).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication\n/);
    const asAuthority = run('openssl', [
      'verify',
      '-CAfile',
      join(folder, 'server.pem'),
      join(folder, 'server.pem'),
    ]);
    await expect(asAuthority).rejects.toThrow(/verification failed/);
    expect(stdout).toContain('OK');
  });

  it('is no authority and says its names', () => {
    const leaf = new X509Certificate(server.certificatePem);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(new X509Certificate(authority.certificatePem))).toBe(true);
    expect(leaf.subjectAltName).toContain('IP Address:127.0.0.1');
    expect(leaf.subjectAltName).toContain('IP Address:FD00:0:0:0:0:0:0:7');
    expect(new X509Certificate(authority.certificatePem).ca).toBe(true);
  });

  it.each(['', 'x\\ y', 'a,CN=b', 'a"b', 'ñ', 'x'.repeat(65)])(
    'refuses the common name %j',
    async (commonName) => {
      await expect(createAuthority({ commonName, clock: systemClock })).rejects.toMatchObject({
        code: 'invalid-argument',
      });
    },
  );

  it.each([
    { dnsNames: ['a b'], ipAddresses: [], message: /'a b', which is not a DNS name/ },
    { dnsNames: [], ipAddresses: ['10.0.0'], message: /'10.0.0', which is not an IP address/ },
    { dnsNames: [], ipAddresses: [], message: /at least one/ },
  ])('refuses $dnsNames $ipAddresses', async ({ message, ...names }) => {
    const asked = issueServerCertificate({ authority, clock: systemClock, days: 1, ...names });
    await expect(asked).rejects.toThrow(message);
  });
});
