const secretWords = new Set(
  'password passwd passphrase secret secrets token tokens authorization cookie credential credentials share shares'.split(
    ' ',
  ),
);
const secretPairs = new Set([
  'private key',
  'api key',
  'sealing key',
  'signing key',
  'access key',
  'secret key',
]);
const mask = '[redacted]';
const maxDepth = 8;

/**
 * A copy that is safe to write: values under secret-looking keys and passwords inside URLs are masked, errors
 * become plain objects, bytes become their length. Words count, not letters: `shareId` is masked, `shared` is not.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return maskUrlPasswords(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  return depth < maxDepth ? redactObject(value, depth) : '[too deep]';
}

function redactObject(value: object, depth: number): unknown {
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  if (value instanceof Error) return redactError(value, depth);
  return redactEntries(value, depth);
}

function redactError(error: Error, depth: number): object {
  const own = redactEntries(error, depth);
  const cause = error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) };
  const stack = error.stack === undefined ? {} : { stack: maskUrlPasswords(error.stack) };
  return { type: error.name, message: maskUrlPasswords(error.message), ...own, ...stack, ...cause };
}

function redactEntries(value: object, depth: number): object {
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    isSecretKey(key) && inner !== undefined && inner !== null ? mask : redact(inner, depth + 1),
  ]);
  return Object.fromEntries(entries) as object;
}

/** `clientSecret`, `client_secret`, `X-Auth-Token`, `privateKeyPem`. */
function isSecretKey(key: string): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some(
    (word, index) => secretWords.has(word) || secretPairs.has(`${word} ${words[index + 1] ?? ''}`),
  );
}

function maskUrlPasswords(text: string): string {
  return text.replace(/(:\/\/[^\s:/@]*):[^\s/@]+@/g, `$1:${mask}@`);
}
