import { createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { systemClock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import { createOpenNebulaVmm } from '@trencadis/vmm-opennebula';
import { startOpenNebula } from '@trencadis/vmm-opennebula/testing';
import { expect, it } from 'vitest';

const signal = new AbortController().signal;
const tag = brandId('Tag', 'tls');

it('An OpenNebula is spoken to over TLS with a trusted certificate only, and never without', async () => {
  const clock = systemClock;
  const authority = await createAuthority({ commonName: 'Site', clock });
  const names = { dnsNames: [], ipAddresses: ['127.0.0.1'] };
  const issued = await issueServerCertificate({ authority, clock, days: 1, ...names });
  const one = await startOpenNebula({ tls: { key: issued.privateKeyPem, cert: issued.certificatePem } });
  const { endpoint } = one;
  const { caCertificate: _, ...credentials } = one.credentials;
  const trusting = { ...credentials, caCertificate: authority.certificatePem };
  const plain = endpoint.replace('https:', 'http:');

  await expect(createOpenNebulaVmm({ endpoint, credentials }).listVms(tag, signal)).rejects.toSatisfy(
    (error) => isPlatformError(error, 'unauthenticated') && error.message.includes('caCertificate'),
  );
  expect(one.oned.calls).toEqual([]);
  expect(await createOpenNebulaVmm({ endpoint, credentials: trusting }).listVms(tag, signal)).toEqual([]);
  await expect(
    createOpenNebulaVmm({ endpoint: plain, credentials: trusting }).listVms(tag, signal),
  ).rejects.toSatisfy((error) => isPlatformError(error));
  await one.stop();
});
