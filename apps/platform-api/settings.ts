import { trustedIssuerSchema } from '@trencadis/access';
import { parseMinisignKeys } from '@trencadis/component-repository';
import { readConfig, stateDirectory } from '@trencadis/config';
import { z } from 'zod';
import { hostOfIssuer } from './authenticate-caller.ts';

/** A JSON list. Owners are told apart by their issuer's host, so each host is trusted once. */
const tokenIssuers = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.array(trustedIssuerSchema.extend({ issuer: z.url() })))
  .refine(
    (issuers) => new Set(issuers.map(({ issuer }) => hostOfIssuer(issuer))).size === issuers.length,
    'names two issuers of one host: keep one of them',
  );

const settingsSchema = z.object({
  /** Loopback unless told: who reaches the port still needs the token. */
  host: z.string().default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  /** A server of yours instead of the embedded PostgreSQL. */
  databaseUrl: z.string().optional(),
  /** Public keys in minisign's format; what they signed is trusted. */
  trustedComponentKeys: z.string().default('').transform(parseMinisignKeys),
  /** Then no component is added or delivered without a signature of a trusted key. */
  requireSignedComponents: z.stringbool().default(false),
  /** Where machines fetch components over HTTPS; with `off` they are pushed over SSH only. */
  deliveryHost: z.string().default('0.0.0.0'),
  deliveryPort: z.coerce.number().int().min(0).max(65_535).default(0),
  /** An IP address by which machines reach that listener, for the URLs of grants that operators ask for. */
  deliveryAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
  /** Whose tokens are accepted beside the platform's own: `[{ issuer, audience, jwks }]`, as the Key Server has them. */
  tokenIssuers: tokenIssuers.prefault('[]'),
  /** Seals what is secret in the database: 32 bytes as base64url; without it, the key in `sealing.key` of the home. */
  sealingKey: z.string().optional(),
  /** Between two looks at an infrastructure whose document has VMs repaired. */
  reconcileIntervalS: z.coerce.number().positive().default(10),
  /** Shares the folder and the database (DATABASE_URL) of a server that runs already, and its work. */
  joinsPeers: z.stringbool().default(false),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

export interface Settings extends z.output<typeof settingsSchema> {
  /** Where the platform keeps its files. */
  readonly home: string;
}

/** Of the environment: HOST, PORT, DATABASE_URL, LOG_LEVEL, SEALING_KEY (or SEALING_KEY_FILE), TOKEN_ISSUERS, RECONCILE_INTERVAL_S, JOINS_PEERS, TRENCADIS_HOME, and for components TRUSTED_COMPONENT_KEYS, REQUIRE_SIGNED_COMPONENTS, DELIVERY_HOST, DELIVERY_PORT, DELIVERY_ADDRESS. */
export function readSettings(): Settings {
  return { ...readConfig(settingsSchema), home: stateDirectory() };
}
