import { password } from './im-platform.ts';

export interface ImCall {
  readonly method?: string;
  readonly body?: string;
  readonly type?: string;
  readonly accept?: string;
  /** Default: ana's line. `''`: no header. */
  readonly authorization?: string;
}

export interface ImReply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Headers;
}

/** IM's line of an account of the tests. */
export function lineOf(name: string, secret: string = password): string {
  return `type = InfrastructureManager; username = ${name}; password = ${secret}`;
}

/** A call as its clients make it. */
export async function callIm(url: string, path: string, call: ImCall = {}): Promise<ImReply> {
  const { method = 'GET', body = null } = call;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: headersOf(call),
    body,
    signal: AbortSignal.timeout(30_000),
  });
  const { status, headers } = response;
  return { status, headers, text: await response.text(), type: headers.get('content-type') ?? '' };
}

function headersOf({ body, type, accept, authorization = lineOf('ana') }: ImCall): Record<string, string> {
  const sent = type ?? (body === undefined ? undefined : 'text/plain');
  return {
    ...(authorization === '' ? {} : { authorization }),
    ...(accept === undefined ? {} : { accept }),
    ...(sent === undefined ? {} : { 'content-type': sent }),
  };
}
