import { PlatformError } from '@trencadis/errors';
import { type VmmProduct, platformOwner, siteNamePattern } from './model.ts';
import type { SiteOrder } from './sites.ts';

/** What of an order for a site can be told without its credentials. Throws `invalid-argument` or `forbidden`. */
export function checkOrder(product: VmmProduct, owner: string, order: SiteOrder): void {
  const { name, endpoint } = order;
  if (!siteNamePattern.test(name)) {
    throw invalid(
      name,
      `'${name}' cannot be the name of a cloud: use lower-case letters, digits and -, beginning with a letter.`,
    );
  }
  if (endpoint !== undefined) checkEndpoint(endpoint, product, { name, owner });
  else if (product.needsEndpoint) {
    throw invalid(name, `Say where cloud '${name}' answers: product '${product.name}' needs an endpoint.`);
  }
}

function checkEndpoint(
  endpoint: string,
  product: VmmProduct,
  { name, owner }: { readonly name: string; readonly owner: string },
): void {
  if (URL.canParse(endpoint) && new URL(endpoint).password !== '') {
    throw invalid(
      name,
      `The endpoint of cloud '${name}' holds a password; give it with the credentials, an endpoint is shown.`,
    );
  }
  if (owner === platformOwner || product.isOnThisHost?.(endpoint) !== true) return;
  const message = `Cloud '${name}' would be this platform's own host: only an administrator adds it, as one of the platform (trencadis cloud add --platform).`;
  throw new PlatformError('forbidden', message, { subject: name });
}

function invalid(name: string, message: string): PlatformError {
  return new PlatformError('invalid-argument', message, { subject: name });
}
