import { PlatformError } from '@trencadis/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ImAnswer, valueAnswer } from './answers.ts';
import { answerImErrors } from './answer-errors.ts';
import { ImAuthenticator } from './authenticate.ts';
import { cloudRoutes } from './cloud-routes.ts';
import { ImQuery } from './im-query.ts';
import { ImRefusal } from './im-refusal.ts';
import type { ImRequest } from './im-request.ts';
import type { ImRoute } from './im-route.ts';
import { infrastructurePropertyRoutes } from './infrastructure-properties.ts';
import { infrastructureRoutes } from './infrastructure-routes.ts';
import { negotiate } from './negotiate.ts';
import type { ImApiParts } from './parts.ts';
import { readCredentials } from './read-credentials.ts';
import { transferRoutes } from './transfer-routes.ts';
import { vmRoutes } from './vm-routes.ts';

const prefix = '/im';
const bodyLimitBytes = 8 * 1024 * 1024;
/** The version of IM whose API this is. */
const imVersion = '2.0.0';

/** All that is served under `/im`, and needs credentials. */
export const imRoutes: readonly ImRoute[] = [
  ...infrastructureRoutes,
  ...transferRoutes,
  ...infrastructurePropertyRoutes,
  ...vmRoutes,
  ...cloudRoutes,
];

/** The REST API of the Infrastructure Manager (spec im-api), beside the platform's own: for the clients that it has. */
export function registerImApi(server: FastifyInstance, parts: ImApiParts): void {
  const closing = new AbortController();
  server.addHook('preClose', async () => closing.abort(new Error('The server closes.')));
  void server.register(
    async (im) => {
      answerImErrors(im, parts.log);
      im.removeAllContentTypeParsers();
      im.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
      const authenticator = new ImAuthenticator(parts);
      for (const route of imRoutes) addRoute(im, { route, parts, authenticator, closing: closing.signal });
      addPublicRoutes(im, parts);
    },
    { prefix },
  );
}

interface Registration {
  readonly route: ImRoute;
  readonly parts: ImApiParts;
  readonly authenticator: ImAuthenticator;
  readonly closing: AbortSignal;
}

type Known = Pick<ImRequest, 'caller' | 'lines'>;

function addRoute(im: FastifyInstance, { route, parts, authenticator, closing }: Registration): void {
  const known = new WeakMap<FastifyRequest, Known>();
  im.route({
    method: route.method,
    url: route.url,
    bodyLimit: bodyLimitBytes,
    schema: { hide: true },
    exposeHeadRoute: false,
    onRequest: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      // Before the body is read.
      const { proof, lines } = readCredentials(request.headers.authorization);
      known.set(request, { caller: await authenticator.authenticate(proof, request.id), lines });
    },
    handler: async (request, reply) => {
      const caller = known.get(request);
      if (caller === undefined) throw new ImRefusal(401, 'No authentication data.');
      const signal = AbortSignal.any([closing, goneSignal(reply)]);
      const answer = await unlessOver(signal, () =>
        route.answer(parts, imRequestOf(request, caller, signal)),
      );
      return send(request, reply, answer);
    },
  });
}

function imRequestOf(request: FastifyRequest, known: Known, signal: AbortSignal): ImRequest {
  const [mediaType] = (request.headers['content-type'] ?? '').split(';');
  return {
    ...known,
    params: request.params as Readonly<Record<string, string>>,
    query: new ImQuery(request.url),
    body: {
      mediaType: mediaType?.trim().toLowerCase(),
      text: typeof request.body === 'string' ? request.body : '',
    },
    baseUrl: `${request.protocol}://${request.host}${prefix}`,
    requestId: request.id,
    signal,
  };
}

/** Ended in the middle, a call is no failure of ours; what it has begun goes on. */
async function unlessOver(signal: AbortSignal, answer: () => Promise<ImAnswer>): Promise<ImAnswer> {
  try {
    return await answer();
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new PlatformError('unavailable', 'The call ended before its answer; what it has begun goes on.');
  }
}

/** Aborts when the client closes the connection before it has its answer. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new Error('The client has gone.'));
  });
  return gone.signal;
}

function send(request: FastifyRequest, reply: FastifyReply, answer: ImAnswer): FastifyReply {
  const type = negotiate(request.headers.accept, answer.types);
  return reply
    .headers({ ...answer.headers })
    .type(`${type}; charset=utf-8`)
    .serializer(String)
    .send(answer.print(type));
}

function addPublicRoutes(im: FastifyInstance, { version }: ImApiParts): void {
  const hidden = { schema: { hide: true }, exposeHeadRoute: false };
  im.get('/version', hidden, async (request, reply) =>
    send(request, reply, valueAnswer('version', `${imVersion}+trencadis.${version}`)),
  );
  im.get('/', hidden, async (request, reply) =>
    send(
      request,
      reply,
      valueAnswer('service', 'The API of the Infrastructure Manager, served by Trencadis.'),
    ),
  );
  const noCatalog = async () => {
    throw new ImRefusal(400, 'OAI-PMH is not enabled.');
  };
  im.get('/oai', hidden, noCatalog);
  im.post('/oai', hidden, noCatalog);
}
