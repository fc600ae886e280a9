import { readFile } from 'node:fs/promises';
import { trustedIssuerSchema } from '@trencadis/access';
import { readConfig } from '@trencadis/config';
import { z } from 'zod';

/** The configuration file, as a deployment writes it for a service: see component.json for what it must give. */
const settingsSchema = z.object({
  host: z.string().min(1),
  port: z.int().min(0).max(65_535),
  database: z.strictObject({
    host: z.string().min(1),
    port: z.int().min(1).max(65_535),
    name: z.string().min(1),
    user: z.string().min(1),
    password: z.string().min(1),
  }),
  secrets: z.object({ 'sealing-key': z.string().min(1) }),
  parameters: z.object({ 'token-issuers': z.array(trustedIssuerSchema).min(1) }),
  /** Paths of PEM files. The authority signs the certificates of this service and of its database. */
  tls: z.strictObject({
    certificateFile: z.string().min(1),
    privateKeyFile: z.string().min(1),
    authorityFile: z.string().min(1),
  }),
});

export type Settings = z.output<typeof settingsSchema>;

/** Only the file counts: a service's environment is not part of its deployment. */
export async function readSettings(path: string): Promise<Settings> {
  return readConfig(settingsSchema, { env: {}, fileText: await readFile(path, 'utf8') });
}

/** PostgreSQL over TLS, its certificate verified for the host by the authority's alone. */
export function databaseUrlOf({ database, tls }: Settings): string {
  const { host, port, name, user, password } = database;
  const url = new URL(`postgres://${host.includes(':') ? `[${host}]` : host}:${port}`);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  url.pathname = encodeURIComponent(name);
  url.searchParams.set('sslmode', 'verify-full');
  url.searchParams.set('sslrootcert', tls.authorityFile);
  return url.href;
}
