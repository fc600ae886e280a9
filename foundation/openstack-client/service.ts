import { PlatformError } from '@trencadis/errors';
import { z } from 'zod';
import { type Asked, type RefusalWords, fromAnswer, strangeAnswer } from './errors.ts';
import type { Session, Token } from './session.ts';
import type { HttpAnswer, HttpRequest, Transport } from './transport.ts';

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Call {
  readonly method?: HttpRequest['method'];
  /** Below the service's own address: `/servers/detail`. */
  readonly path: string;
  readonly query?: Query;
  /** JSON. */
  readonly body?: unknown;
  /** What is sent is never repeated, also not in the service's words. */
  readonly isSecret?: boolean;
}

export interface ListCall<Item> {
  readonly path: string;
  /** What the answer calls its list. */
  readonly key: string;
  readonly query?: Query;
  readonly item: z.ZodType<Item>;
}

export interface ServiceKind {
  /** For people: `Nova`. */
  readonly name: string;
  /** What the catalog may call it. */
  readonly types: readonly string[];
  /** Its path, in place of the version that the catalog's address may end with. Absent: that address as it is. */
  readonly base?: `/v${string}`;
  readonly headers?: Readonly<Record<string, string>>;
  readonly refusals?: RefusalWords;
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

  /** The answer's JSON; what is refused is thrown. */
  async call<Result>(call: Call, schema: z.ZodType<Result>, signal: AbortSignal): Promise<Result> {
    return this.read(call, await this.accepted(call, signal), schema);
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

  /** Whatever was answered that is no refusal. */
  async accepted(call: Call, signal: AbortSignal): Promise<HttpAnswer> {
    const answer = await this.answer(call, signal);
    if (answer.status >= 400) throw this.refusal(call, answer);
    return answer;
  }

  /** All pages of a list. */
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

  async isOffered(signal: AbortSignal): Promise<boolean> {
    return (await this.#session.endpoint(this.#kind.types, signal)) !== undefined;
  }

  refusal(call: Call, answer: HttpAnswer): PlatformError {
    return fromAnswer(this.#asked(call), answer, { ...this.#kind.refusals, isSecret: call.isSecret });
  }

  read<Result>(call: Call, answer: HttpAnswer, schema: z.ZodType<Result>): Result {
    const parsed = schema.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    throw strangeAnswer(this.#asked(call), answer.status, parsed.error);
  }

  async #send(call: Call, token: Token, signal: AbortSignal): Promise<HttpAnswer> {
    const { method = 'GET', body } = call;
    const url = await this.#url(call, signal);
    const headers = { 'x-auth-token': token.id, ...this.#kind.headers };
    return this.#transport.send({ service: this.#kind.name, method, url, headers, body }, signal);
  }

  async #url({ path, query = {} }: Call, signal: AbortSignal): Promise<URL> {
    const { types, base, name } = this.#kind;
    const found = await this.#session.endpoint(types, signal);
    if (found === undefined) throw notOffered(name, types);
    const root = found.replace(/\/+$/, '');
    const own = base === undefined ? root : `${root.replace(/\/v\d+(\.\d+)?(\/.*)?$/, '')}${base}`;
    const url = new URL(`${own}${path}`);
    for (const [key, value] of Object.entries(query)) {
      const values = typeof value === 'string' ? [value] : (value ?? []);
      for (const each of values) url.searchParams.append(key, each);
    }
    return url;
  }

  #asked({ method = 'GET', path }: Call): Asked {
    return { service: this.#kind.name, method, path };
  }
}

function notOffered(name: string, types: readonly string[]): PlatformError {
  return new PlatformError(
    'unsupported',
    `The cloud's catalog has no ${name} (${types.join(', ')}) in this region and interface: correct region or interface, or do without.`,
    { subject: name },
  );
}

const linksSchema = z.array(z.object({ rel: z.string(), href: z.string() }));

/** `servers_links` and the like (Nova, Neutron, Cinder, Octavia) or `next` (Glance); only its marker counts, its host may be an inner one. */
function nextMarker(body: unknown, key: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const links = linksSchema.safeParse((body as Record<string, unknown>)[`${key}_links`]);
  const href = links.success ? links.data.find(({ rel }) => rel === 'next')?.href : nextOf(body);
  if (href === undefined) return undefined;
  return new URL(href, 'http://any').searchParams.get('marker') ?? undefined;
}

function nextOf(body: object): string | undefined {
  return 'next' in body && typeof body.next === 'string' ? body.next : undefined;
}
