import { type CertificatePems, createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { systemClock } from '@trencadis/clock';

export interface TestCertificates {
  readonly authorityPem: string;
  /** For that name alone; the address is in none, as where a VM is reached says nothing of who it is. */
  issue(dnsName: string): Promise<CertificatePems>;
}

export async function createTestCertificates(): Promise<TestCertificates> {
  const authority = await createAuthority({ commonName: 'Test', clock: systemClock, days: 1 });
  return {
    authorityPem: authority.certificatePem,
    issue: async (dnsName) =>
      issueServerCertificate({
        authority,
        clock: systemClock,
        days: 1,
        dnsNames: [dnsName],
        ipAddresses: [],
      }),
  };
}
