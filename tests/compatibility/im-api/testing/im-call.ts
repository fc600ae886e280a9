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
  const { method = 'GET', body, type = body === undefined ? undefined : 'text/plain', accept } = call;
  const { authorization = lineOf('ana') } = call;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(authorization === '' ? {} : { authorization }),
      ...(accept === undefined ? {} : { accept }),
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    body: body ?? null,
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    text,
    headers: response.headers,
  };
}
