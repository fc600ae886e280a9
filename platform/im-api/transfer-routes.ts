import { type ImAnswer, jsonAnswer, uriAnswer } from './answers.ts';
import { ImRefusal } from './im-refusal.ts';
import { type ImRequest, cloudsOf, exportableOf, infrastructureUri } from './im-request.ts';
import type { ImRoute } from './im-route.ts';
import type { ImApiParts } from './parts.ts';

/** An infrastructure from one server to another, or away and back: its VMs stay as they are. */
export const transferRoutes: readonly ImRoute[] = [
  { method: 'GET', url: '/infrastructures/:infrastructure/data', answer: exportData },
  { method: 'PUT', url: '/infrastructures', answer: importData },
];

/** With `delete` it is released first, so that the answer is what it ended as; lost, it can be asked for again. */
async function exportData(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const { service, statuses } = parts;
  const isReleased = request.query.boolean('delete', false);
  const found = await exportableOf(parts, request);
  const by = { actor: request.caller.owner };
  const exported = isReleased ? await service.release(found.id, by) : found;
  statuses.forget(exported.id);
  return jsonAnswer({ data: await service.exportToPeer(exported, by) });
}

/** Takes the answer of `GET .../data`, and what is in its `data`. */
async function importData(parts: ImApiParts, request: ImRequest): Promise<ImAnswer> {
  const { body, caller } = request;
  if (!jsonTypes.has(body.mediaType)) {
    const message = `A body of type ${body.mediaType} is not read here: send the export as application/json.`;
    throw new ImRefusal(415, message);
  }
  const given = jsonOf(body.text);
  await cloudsOf(parts, request);
  const bundle = isObject(given) && 'data' in given ? given.data : given;
  const { id } = await parts.service.importFromPeer(bundle, { owner: caller.owner, groups: caller.groups });
  parts.statuses.forget(id);
  return uriAnswer(infrastructureUri(request, id));
}

/** IM's own client names no type. */
const jsonTypes: ReadonlySet<string | undefined> = new Set([undefined, '', 'application/json', 'text/plain']);

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ImRefusal(400, 'The body is no JSON: send what GET /infrastructures/{id}/data answered.');
  }
}
