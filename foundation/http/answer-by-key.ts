import { sha256OfJson } from '@trencadis/ids';
import { Prepared, prepareJson } from './etag.ts';
import { type IdempotencyStore, type KeptAnswer, answerOnce } from './idempotency.ts';
import { type Exchange, jsonMediaType } from './send-answer.ts';
import type { Route } from './contract.ts';

export const replayedHeader = 'idempotency-replayed';

/** Sends the answer that is kept under the key, or that of the work, which is kept first. */
export async function answerByKey(
  { route, request, reply }: Exchange,
  { key, callerId, store }: { key: string; callerId: string; store: IdempotencyStore },
  work: () => Promise<unknown>,
): Promise<unknown> {
  const { params, query, body, headers } = request;
  const digest = sha256OfJson({ params, query, body, ifMatch: headers['if-match'] });
  const keyed = { callerId, route: `${route.method} ${route.path}`, key, digest };
  const answer = await answerOnce(keyed, store, async () => keptAnswer(route, await work()));
  if (answer.etag !== undefined) reply.header('etag', answer.etag);
  if (answer.isReplayed) reply.header(replayedHeader, 'true');
  reply.code(answer.status);
  return answer.body === ''
    ? await reply.send()
    : await reply.type(jsonMediaType).send(Buffer.from(answer.body));
}

function keptAnswer(route: Route, answer: unknown): KeptAnswer {
  const status = route.status ?? 200;
  if (answer === undefined) return { status, body: '' };
  const { etag, json } = answer instanceof Prepared ? answer : prepareJson(route.response, answer);
  return { status, body: json.toString(), ...(route.etag === true ? { etag } : {}) };
}
