export { type ByteRange, type Download, type DownloadedBytes, byteStream } from './bytes.ts';
export {
  type Contract,
  type Route,
  type RouteAnswer,
  type RouteInput,
  type RouteRequest,
  type RouteResult,
  defineRoutes,
} from './contract.ts';
export { type CallOptions, type Client, type ClientOptions, createClient, etagOf } from './client.ts';
export { type IfMatch, type Prepared, checkIfMatch, prepareJson, prepared } from './etag.ts';
export { HttpRefusal, type RefusalStatus } from './http-refusal.ts';
export {
  type EarlierRequest,
  type IdempotencyStore,
  type KeptAnswer,
  type KeyedRequest,
  keyLifetimeMs,
} from './idempotency.ts';
export { createMemoryIdempotencyStore } from './idempotency-memory.ts';
export { type Problem, problemMediaType, problemSchema } from './problem.ts';
export {
  type Handlers,
  type RegisterOptions,
  type RequestContext,
  registerRoutes,
} from './register-routes.ts';
export { type HttpServer, type HttpServerOptions, createHttpServer, listen } from './server.ts';
