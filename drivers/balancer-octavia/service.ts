import { z } from 'zod';
import { type Asked, fromAnswer, strangeAnswer, unsupported } from './errors.ts';
import type { Session, Token } from './session.ts';
import type { HttpAnswer, HttpRequest, Transport } from './transport.ts';

export interface Call {
  readonly method?: HttpRequest['method'];
  /** Below the service's own address: `/loadbalancers`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** JSON. */
  readonly body?: unknown;
  /** What is sent is never repeated, also not in the service's words. */
  readonly isSecret?: boolean;
}

export interface ListCall<Item> {
  readonly path: string;
  /** What the answer calls its list. */
  readonly key: string;
  readonly query?: Call['query'];
  readonly item: z.ZodType<Item>;
}

export interface ServiceKind {
  /** For people: `Octavia`. */
  readonly name: string;
  /** What the catalog calls it. */
  readonly type: string;
  /** Its path; what the catalog has of it already is not put behind twice. */
  readonly base: `/v${string}`;
}

/** One OpenStack service, found in the catalog. A token that it refuses is renewed once, in the middle of whatever goes on. */
export class Service {
  readonly #kind: ServiceKind;
  readonly #session: Session;
  readonly #transport: Transport;

  constructor(kind: ServiceKind, session: Session, transport: Transport) {
    this.#kind = kind;
    this.#session = session;
    this.#transport = transport;
  }

  projectId(signal: AbortSignal): Promise<string> {
    return this.#session.token(signal).then(({ projectId }) => projectId);
  }

  async isOffered(signal: AbortSignal): Promise<boolean> {
    return (await this.#session.endpoint(this.#kind.type, signal)) !== undefined;
  }

  /** The answer's JSON; what is refused is thrown. */
  async call<Result>(call: Call, schema: z.ZodType<Result>, signal: AbortSignal): Promise<Result> {
    return this.read(call, await this.accepted(call, signal), schema);
  }

  /** Whatever was answered that is no refusal. */
  async accepted(call: Call, signal: AbortSignal): Promise<HttpAnswer> {
    const answer = await this.answer(call, signal);
    if (answer.status >= 400) throw this.refusal(call, answer);
    return answer;
  }

  /** As {@link call}, but `undefined` where there is nothing of that id. */
  async find<Result>(
    call: Call,
    schema: z.ZodType<Result>,
    signal: AbortSignal,
  ): Promise<Result | undefined> {
    const answer = await this.answer(call, signal);
    if (answer.status === 404) return undefined;
    if (answer.status >= 400) throw this.refusal(call, answer);
    return this.read(call, answer, schema);
  }

  /** Deletes what is there; absent: succeeds. */
  async remove(path: string, signal: AbortSignal): Promise<void> {
    const call: Call = { method: 'DELETE', path };
    const answer = await this.answer(call, signal);
    if (answer.status >= 400 && answer.status !== 404) throw this.refusal(call, answer);
  }

  /** All pages of a list, by `marker`: of Octavia and Neutron. */
  async list<Item>({ path, key, query = {}, item }: ListCall<Item>, signal: AbortSignal): Promise<Item[]> {
    const schema = z.object({ [key]: z.array(item) });
    const items: Item[] = [];
    let marker: string | undefined;
    do {
      const call: Call = { path, query: { ...query, marker } };
      const answer = await this.accepted(call, signal);
      items.push(...(this.read(call, answer, schema)[key] ?? []));
      const next = nextMarker(answer.body, key);
      if (next !== undefined && next === marker) throw strangeAnswer(this.#asked(call), answer.status);
      marker = next;
    } while (marker !== undefined);
    return items;
  }

  /** Any answer, refusals too. */
  async answer(call: Call, signal: AbortSignal): Promise<HttpAnswer> {
    const token = await this.#session.token(signal);
    const answer = await this.#send(call, token, signal);
    if (answer.status !== 401) return answer;
    return this.#send(call, await this.#session.renewed(token, signal), signal);
  }

  refusal(call: Call, answer: HttpAnswer) {
    return fromAnswer(this.#asked(call), answer, call.isSecret);
  }

  read<Result>(call: Call, answer: HttpAnswer, schema: z.ZodType<Result>): Result {
    const parsed = schema.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    throw strangeAnswer(this.#asked(call), answer.status, parsed.error);
  }

  async #send(call: Call, token: Token, signal: AbortSignal): Promise<HttpAnswer> {
    const { method = 'GET', body } = call;
    const url = await this.#url(call, signal);
    const headers = { 'x-auth-token': token.id };
    return this.#transport.send({ service: this.#kind.name, method, url, headers, body }, signal);
  }

  async #url({ path, query = {} }: Call, signal: AbortSignal): Promise<URL> {
    const { type, base, name } = this.#kind;
    const found = await this.#session.endpoint(type, signal);
    if (found === undefined) {
      const message = `The cloud's catalog has no ${name} (${type}) in this region and interface: correct region or interface, or do without.`;
      throw unsupported(name, message);
    }
    const root = found.replace(/\/+$/, '').replace(/\/v\d+(\.\d+)?(\/.*)?$/, '');
    const url = new URL(`${root}${base}${path}`);
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.append(key, value);
    }
    return url;
  }

  #asked({ method = 'GET', path }: Call): Asked {
    return { service: this.#kind.name, method, path };
  }
}

const linksSchema = z.array(z.object({ rel: z.string(), href: z.string() }));

/** Of `loadbalancers_links` and the like only the marker counts: its host may be an inner one. */
function nextMarker(body: unknown, key: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const links = linksSchema.safeParse((body as Record<string, unknown>)[`${key}_links`]);
  const href = links.success ? links.data.find(({ rel }) => rel === 'next')?.href : undefined;
  return href === undefined
    ? undefined
    : (new URL(href, 'http://any').searchParams.get('marker') ?? undefined);
}
