/**
 * What went wrong at the bottom of it: clients of HTTP wrap what the network said (undici's own message is always
 * "fetch failed"). `code` is the deepest there is, such as `ECONNREFUSED`; `message` is never empty.
 */
export function innermostCause(error: unknown): { readonly message: string; readonly code?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  let innermost = error;
  let code: string | undefined;
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    innermost = each;
    if ('code' in each && typeof each.code === 'string') ({ code } = each);
  }
  const { name, message } = innermost;
  return { message: message || (code ?? name), ...(code !== undefined && { code }) };
}
