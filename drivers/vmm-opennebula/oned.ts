import type { Clock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import { Agent, type Response, fetch } from 'undici';
import { structureProblem } from './check-structure.ts';
import { type OpenNebulaCredentials, sessionOf } from './credentials.ts';
import { answeredFailure, badAnswer, fault, unreached } from './errors.ts';
import { readBounded, throttled } from './http-answer.ts';
import {
  type ArgumentsOf,
  type Method,
  type MethodAnswering,
  type Signature,
  signatureProblem,
  signatures,
} from './signatures.ts';
import type { RootName } from './structures.ts';
import { type RpcValue, readAnswer, writeCall } from './xml-rpc.ts';
import { NotXml, type XmlElement, parseXml } from './xml-tree.ts';

/** OpenNebula's daemon, called by XML-RPC. Failures are PlatformErrors. */
export interface Oned {
  /** Host and port, for messages. */
  readonly address: string;
  /** Calls what answers the id of something. */
  id<Name extends MethodAnswering<'id'>>(
    method: Name,
    args: ArgumentsOf<Name>,
    signal: AbortSignal,
  ): Promise<number>;
  /** Calls what answers a document, whose structure has been checked. */
  document<Name extends MethodAnswering<RootName>>(
    method: Name,
    args: ArgumentsOf<Name>,
    signal: AbortSignal,
  ): Promise<XmlElement>;
}

export interface OnedOptions {
  readonly endpoint: URL;
  readonly credentials: OpenNebulaCredentials;
  readonly clock: Clock;
  /** After which a call that has no answer is given up. */
  readonly callTimeoutMs: number;
}

export function createOned(options: OnedOptions): Oned {
  const { endpoint, credentials } = options;
  const { caCertificate } = credentials;
  const agent = new Agent({
    connect: caCertificate === undefined ? {} : { ca: caCertificate },
    connections: 16,
    keepAliveTimeout: 4000,
  });
  const address = endpoint.host;
  const call = async (method: Method, args: readonly unknown[], signal: AbortSignal): Promise<RpcValue> => {
    const problem = signatureProblem(method, args);
    if (problem !== undefined) throw new TypeError(problem);
    const body = writeCall({
      method,
      args: [{ kind: 'string', value: sessionOf(credentials) }, ...args.map(valueOf)],
    });
    const text = await send({ ...options, agent }, body, signal);
    return valueIn(method, text, address);
  };
  return {
    address,
    id: async (method, args, signal) => {
      const value = await call(method, args, signal);
      if (value.kind !== 'int') throw badAnswer(address, `${method} answers no number`);
      return value.value;
    },
    document: async (method, args, signal) => {
      const value = await call(method, args, signal);
      if (value.kind !== 'string') throw badAnswer(address, `${method} answers no document`);
      return checkedDocument(method, value.value, address);
    },
  };
}

function valueOf(arg: unknown): RpcValue {
  if (typeof arg === 'string') return { kind: 'string', value: arg };
  if (typeof arg === 'number') return { kind: 'int', value: arg };
  return { kind: 'boolean', value: arg === true };
}

/** Older versions are not known to work: their networks and documents are others. */
const oldest = '6.4';

interface Sending extends OnedOptions {
  readonly agent: Agent;
}

/** One request; one more for each answer that says when to come again, as long as that is soon. */
async function send(sending: Sending, body: string, signal: AbortSignal): Promise<string> {
  const { endpoint, agent, clock, callTimeoutMs } = sending;
  const headers = { 'content-type': 'text/xml; charset=utf-8', 'user-agent': 'trencadis' };
  const ask = async (): Promise<Response> => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs)]);
    return fetch(endpoint, {
      method: 'POST',
      body,
      headers,
      dispatcher: agent,
      signal: bounded,
      redirect: 'error',
    });
  };
  try {
    const response = await throttled(ask, { clock, signal });
    return await readBounded(response, endpoint.host);
  } catch (error) {
    signal.throwIfAborted();
    if (isPlatformError(error)) throw error;
    throw unreached(endpoint.host, error);
  }
}

function valueIn(method: Method, text: string, address: string): RpcValue {
  const answer = understood(address, () => readAnswer(text));
  const { since = oldest }: Signature = signatures[method];
  if (answer.kind === 'fault') throw fault(method, since, answer);
  const [success, value, code] = answer.values;
  if (success?.kind !== 'boolean' || value === undefined || code?.kind !== 'int') {
    throw badAnswer(address, `${method} answers no success, value and code`);
  }
  if (!success.value) throw answeredFailure(method, String(value.value), code.value);
  return value;
}

function checkedDocument(method: Method, text: string, address: string): XmlElement {
  const { answer }: Signature = signatures[method];
  const document = understood(address, () => parseXml(text));
  const problem = answer === 'id' ? undefined : structureProblem(document, answer, 'reading');
  if (problem !== undefined) throw badAnswer(address, `in the answer of ${method}, ${problem}`);
  return document;
}

function understood<Result>(address: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotXml) throw badAnswer(address, `it is not XML: ${error.message}`, error);
    throw error;
  }
}
