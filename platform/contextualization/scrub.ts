import type { ConfigurationContext } from './model.ts';

const mask = '[redacted]';

/** Takes the secrets of a job, and those others, out of any text: passwords, generated secrets, each line of a private key. */
export function createScrubber(
  context: ConfigurationContext,
  others: readonly string[] = [],
): (text: string) => string {
  const secrets = [
    ...Object.values(context.databases).map(({ password }) => password),
    ...Object.values(context.secrets),
    context.certificate.privateKeyPem,
    context.machine?.vaultPassword ?? '',
    ...others,
  ];
  const forms = secrets.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    ...bodyLines(secret),
  ]);
  // The longest first: a secret that holds a shorter one must not be left in halves.
  const found = [...new Set(forms)].filter((form) => form !== '').sort((a, b) => b.length - a.length);
  return (text) => found.reduce((clean, secret) => clean.replaceAll(secret, mask), text);
}

/** Output comes line by line, and a secret of several lines then never comes whole. Frames of PEM are no secret. */
function bodyLines(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/);
  return lines.length > 1 ? lines.filter((line) => line.length > 3 && !line.startsWith('-----')) : [];
}
