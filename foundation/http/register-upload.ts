import { Readable } from 'node:stream';
import { PlatformError } from '@trencadis/errors';
import type { RouteOptions } from 'fastify';
import type { HttpServer } from './server.ts';

const silenceMs = 60_000;

/** A route whose body stays a stream of bytes. In a scope of its own, so that no other route takes such a body. */
export function registerUpload(server: HttpServer, routing: RouteOptions): void {
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/octet-stream', (request, bytes, done) => {
      // A whole request may last hours here, so the time bound is on silence.
      const giveUp = () => bytes.destroy(new PlatformError('unavailable', 'The bytes stopped coming.'));
      request.raw.setTimeout(silenceMs, giveUp);
      bytes.once('end', () => request.raw.setTimeout(0));
      done(null, bytes);
    });
    scope.addHook('preValidation', async (request) => {
      // No bytes at all are no body to Fastify.
      request.body ??= Readable.from([]);
    });
    scope.route(routing);
  });
}
