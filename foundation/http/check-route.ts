import { ZodObject } from 'zod';
import type { Route } from './contract.ts';

/** Throws a TypeError for a route that contradicts itself: a mistake of whoever wrote the contract. */
export function checkRoute(name: string, route: Route): void {
  const problem = [pathProblem, eventIdProblem, answerProblem, keyProblem, bodyProblem]
    .map((find) => find(route))
    .find((found) => found !== undefined);
  if (problem !== undefined) throw new TypeError(`Route ${name}: ${problem}`);
}

function pathProblem({ path, params }: Route): string | undefined {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
  const inSchema = Object.keys(params?.shape ?? {});
  const agree = inPath.length === inSchema.length && inSchema.every((key) => inPath.includes(key));
  return agree ? undefined : `${path} and its params [${inSchema.join()}] do not agree.`;
}

function eventIdProblem({ stream, eventId, query, response }: Route): string | undefined {
  if (eventId === undefined) return undefined;
  if (stream !== true) return 'only a stream has an eventId.';
  if (!(eventId.query in (query?.shape ?? {}))) return `its query has no '${eventId.query}' to go on after.`;
  const isKnown = !(response instanceof ZodObject) || eventId.field in response.shape;
  return isKnown ? undefined : `its items have no field '${eventId.field}'.`;
}

function answerProblem({ etag, stream, download }: Route): string | undefined {
  const isJson = stream !== true && download !== true;
  return etag === true && !isJson ? 'only an answer in JSON has etag: true.' : undefined;
}

function keyProblem({ idempotent, access, method, stream, upload, download }: Route): string | undefined {
  if (idempotent === undefined) return undefined;
  if (access === 'public') return 'a key belongs to a caller, and a public route knows none.';
  if (method === 'GET') return 'a GET needs no key.';
  const isKept = stream !== true && upload !== true && download !== true;
  return isKept ? undefined : 'only JSON is kept under a key.';
}

function bodyProblem({ bodyLimitBytes, body }: Route): string | undefined {
  return bodyLimitBytes !== undefined && body === undefined ? 'a body limit needs a body.' : undefined;
}
