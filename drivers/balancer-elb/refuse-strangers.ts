const isAmazons = /^(text|application)\/(xml|json|cbor|x-amz-json-1\.[01])\b/;

/**
 * The SDK takes a page of HTML for an answer without anything in it, and a listing without anything for a world without
 * anything. Whatever no service of Amazon's would say is refused; what is refused already has its own way.
 */
export function refuseStrangers<Request, Result extends { readonly response: unknown }>(
  next: (request: Request) => Promise<Result>,
): (request: Request) => Promise<Result> {
  return async (request) => {
    const result = await next(request);
    const { response } = result;
    const { statusCode = 0, headers = {} } = isHttpResponse(response) ? response : {};
    const isEmpty = headers['content-length'] === '0';
    if (statusCode >= 200 && statusCode < 300 && !isEmpty && !isAmazons.test(headers['content-type'] ?? '')) {
      throw new NotAws(statusCode);
    }
    return result;
  };
}

interface HttpResponseLike {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

function isHttpResponse(response: unknown): response is HttpResponseLike {
  return typeof response === 'object' && response !== null && 'statusCode' in response;
}

/** Like what the SDK throws for an answer that it can make nothing of. */
class NotAws extends Error {
  readonly $metadata: { readonly httpStatusCode: number };
  constructor(httpStatusCode: number) {
    super('the answer is none of Amazon’s');
    this.$metadata = { httpStatusCode };
  }
}
