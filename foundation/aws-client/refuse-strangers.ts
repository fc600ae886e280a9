const isXml = /^(text|application)\/xml\b/;

/**
 * The SDK takes a page of HTML for an answer without anything in it, and a listing without anything for a world without
 * anything. Whatever is no XML is refused; what is refused already has its own way.
 */
export function refuseStrangers<Request, Result extends { readonly response: unknown }>(
  next: (request: Request) => Promise<Result>,
): (request: Request) => Promise<Result> {
  return async (request) => {
    const result = await next(request);
    const { response } = result;
    const { statusCode = 0, headers = {} } = isHttpResponse(response) ? response : {};
    if (statusCode >= 200 && statusCode < 300 && !isXml.test(headers['content-type'] ?? '')) {
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
    super('the answer is no XML');
    this.$metadata = { httpStatusCode };
  }
}
