export { type CertificatePems, authorityDays, createAuthority } from './authority.ts';
export { type ServerCertificateRequest, issueServerCertificate } from './server-certificate.ts';
