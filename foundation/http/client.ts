import { Agent } from 'undici';
import { type CallOptions, type Connection, bytesOf, itemsOf } from './client-call.ts';
import { followEvents } from './client-events.ts';
import { jsonAnswer } from './client-etags.ts';
import type { Contract, Route, RouteAnswer, RouteInput } from './contract.ts';

export type { CallOptions } from './client-call.ts';
export { etagOf } from './client-etags.ts';

export interface ClientOptions {
  /** Of the server, without a path: `https://10.0.0.5:8443`. */
  readonly baseUrl: string;
  /** The bearer token, or where to get the current one. */
  readonly token?: string | (() => Promise<string>);
  /** The only authority (PEM) whose certificates are accepted; the system's own authorities without. */
  readonly authorityPem?: string;
  /** For the answer to begin (a stream may last longer); default 30 s. */
  readonly timeoutMs?: number;
  /** How long a stream with an event id tries to get a lost connection back before it throws; default 2 min. */
  readonly reconnectMs?: number;
}

type CallOptionsOf<R extends Route> = CallOptions &
  (R extends { readonly idempotent: 'by-key' }
    ? {
        /** New for each new request, the same when it is asked again because no answer came. */
        readonly idempotencyKey?: string;
      }
    : unknown) &
  (R extends { readonly method: 'GET'; readonly etag: true }
    ? {
        /** The last answer: given back, the very same object, while it is still current. */
        readonly known?: Awaited<RouteAnswer<R>> | undefined;
      }
    : unknown);

/**
 * One method a route. A method throws what the server threw; `unavailable` when there is no server or no answer
 * in time; the signal's own reason when the caller aborts.
 */
export type Client<Routes extends Contract> = {
  readonly [Name in keyof Routes]: (
    input: RouteInput<Routes[Name]>,
    options?: CallOptionsOf<Routes[Name]>,
  ) => RouteAnswer<Routes[Name]>;
} & AsyncDisposable;

export function createClient<Routes extends Contract>(
  contract: Routes,
  options: ClientOptions,
): Client<Routes> {
  const agent = new Agent({
    connect: { timeout: 10_000, ...(options.authorityPem === undefined ? {} : { ca: options.authorityPem }) },
  });
  const methods = Object.entries(contract).map(([name, route]) => [
    name,
    methodOf(route, { ...options, agent }),
  ]);
  const dispose = { [Symbol.asyncDispose]: async () => await agent.destroy() };
  return Object.assign(Object.fromEntries(methods), dispose) as Client<Routes>;
}

function methodOf(route: Route, connection: Connection) {
  const place = { route, connection };
  if (route.stream === true) return route.eventId === undefined ? itemsOf(place) : followEvents(place);
  return route.download === true ? bytesOf(place) : jsonAnswer(place);
}
