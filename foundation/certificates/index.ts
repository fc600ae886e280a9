export { type CertificatePems, createAuthority } from './authority.ts';
export { type ServerCertificateRequest, issueServerCertificate } from './server-certificate.ts';
