import type { Readable } from 'node:stream';
import type { z, ZodObject, ZodType } from 'zod';
import type { ByteRange, Download, DownloadedBytes } from './bytes.ts';
import { checkRoute } from './check-route.ts';
import type { IfMatch, Prepared } from './etag.ts';

/**
 * One endpoint as data: the server, the OpenAPI document and the client are all made from it.
 * Schemas describe JSON; path and query values arrive as text, so use `z.coerce` for numbers there.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters in braces: `/shares/{eouid}`. */
  readonly path: string;
  readonly summary: string;
  readonly params?: ZodObject;
  readonly query?: ZodObject;
  readonly body?: ZodType;
  /** The answer's body, or of one item when `stream` is set. Keys that it does not name are not sent. */
  readonly response: ZodType;
  /** Of a successful answer; 200 unless told. */
  readonly status?: number;
  /** Answers NDJSON, or server-sent events to who asks for them, as long as the handler yields. Items have no key `problem`. */
  readonly stream?: true;
  /**
   * Of a stream: the field of an item that says how far a reader has come (a number, or text of one line), and the
   * query parameter to go on after it. A client that loses the connection goes on there by itself.
   */
  readonly eventId?: { readonly field: string; readonly query: string };
  /** The answer has a strong ETag; a GET with that one in `If-None-Match` is answered 304 without a body. */
  readonly etag?: true;
  /** Takes `If-Match`; the handler gets it and calls {@link checkIfMatch}. A request without a required one is answered 428. */
  readonly ifMatch?: 'optional' | 'required';
  /** Takes an `Idempotency-Key`: what is asked with the same key again is answered again and not done again. */
  readonly idempotent?: 'by-key';
  /** A larger body is answered 413 before it is read; the server's own bound unless told. */
  readonly bodyLimitBytes?: number;
  /** Takes bytes (`application/octet-stream`) that the handler reads as they arrive; has no `body`. */
  readonly upload?: true;
  /** Answers bytes, of which a caller may ask for a range (RFC 9110, 14); `response` is {@link byteStream}. */
  readonly download?: true;
  /** `public`, or the right that the caller's token must carry; the handler checks for which object. */
  readonly access: 'public' | { readonly right: string };
}

export type Contract = Readonly<Record<string, Route>>;

/** Keeps the exact types of the routes; refuses a route that contradicts itself. */
export function defineRoutes<const Routes extends Contract>(routes: Routes): Routes {
  for (const [name, route] of Object.entries(routes)) checkRoute(name, route);
  return routes;
}

type SchemaAt<R extends Route, Key extends 'params' | 'query' | 'body'> = R extends {
  readonly [key in Key]: infer Schema extends ZodType;
}
  ? Schema
  : undefined;
type Given<Schema> = Schema extends ZodType ? z.input<Schema> : undefined;
type Parsed<Schema> = Schema extends ZodType ? z.output<Schema> : undefined;
type PresentKeys<R extends Route> = Extract<keyof R, 'params' | 'query' | 'body'>;

/** What a client gives to call the route: only the parts that the route has. */
export type RouteInput<R extends Route> = {
  readonly [Key in PresentKeys<R>]: Given<SchemaAt<R, Key>>;
} & (R extends { readonly upload: true } ? { readonly bytes: AsyncIterable<Uint8Array> } : unknown) &
  (R extends { readonly download: true } ? { readonly range?: ByteRange } : unknown) &
  IfMatchOf<R, string>;

/** What a handler gets: the same parts, parsed; `undefined` where the route has none. */
export type RouteRequest<R extends Route> = {
  readonly params: Parsed<SchemaAt<R, 'params'>>;
  readonly query: Parsed<SchemaAt<R, 'query'>>;
  readonly body: R extends { readonly upload: true } ? Readable : Parsed<SchemaAt<R, 'body'>>;
} & IfMatchOf<R, IfMatch>;

type IfMatchOf<R extends Route, Value> = R extends { readonly ifMatch: 'required' }
  ? { readonly ifMatch: Value }
  : R extends { readonly ifMatch: 'optional' }
    ? { readonly ifMatch?: Value }
    : unknown;

/** What a client gets: a promise of the body, the items one after the other, or the bytes. */
export type RouteAnswer<R extends Route> = R extends { readonly stream: true }
  ? AsyncIterable<z.output<R['response']>>
  : R extends { readonly download: true }
    ? Promise<DownloadedBytes>
    : Promise<z.output<R['response']>>;

/** What a handler gives: the same, of bytes where they are to be had, and JSON with its ETag if that is at hand. */
export type RouteResult<R extends Route> = R extends { readonly download: true }
  ? Promise<Download>
  : R extends { readonly etag: true; readonly stream?: never }
    ? Promise<z.output<R['response']> | Prepared>
    : RouteAnswer<R>;
