import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { structureProblem } from '../../check-structure.ts';
import { type Method, type Signature, signatureProblem, signatures } from '../../signatures.ts';
import { type RpcAnswer, type RpcValue, readCall, writeAnswer } from '../../xml-rpc.ts';
import { parseXml } from '../../xml-tree.ts';
import type { Methods } from './call.ts';
import { imageMethods } from './image-methods.ts';
import { networkMethods } from './network-methods.ts';
import { Refusal, refusalCode } from './refusal.ts';
import { vmMethods } from './vm-methods.ts';
import { type SimUser, type SimWorld, newWorld, settle } from './world.ts';

/** What goes wrong with one call, before OpenNebula has seen it. */
export type Mischief =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: 'garbage'; readonly body: string }
  /** The connection is cut. */
  | { readonly kind: 'nothing' }
  /** It is done, but nobody is told. */
  | { readonly kind: 'lost answer' }
  /** Nothing goes wrong with this one, and the next mischief is for the next call. */
  | { readonly kind: 'pass' }
  | { readonly kind: 'refusal'; readonly code: number; readonly text: string };

export interface SimulatedOnedOptions {
  /** How long each change of state of a VM, an image or a network takes. Default 5 ms. */
  readonly stepMs?: number;
  /** How long each answer takes. */
  readonly latencyMs?: number;
  /** Speaks TLS with these. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface SimulatedOned {
  readonly endpoint: string;
  readonly world: SimWorld;
  /** Every method that was called, in order. */
  readonly calls: string[];
  /** What was wrong with calls and with our own answers: it should stay empty. */
  readonly problems: string[];
  /** For the next calls, one each; those of that method if one is named. */
  spoil(mischief: Mischief, method?: Method): void;
  stop(): Promise<void>;
}

const methods: Methods = { ...vmMethods, ...imageMethods, ...networkMethods };

/** An XML-RPC server that behaves as OpenNebula's daemon 6.8 with dummy drivers does, as far as our driver calls it. */
export async function startSimulatedOned(options: SimulatedOnedOptions = {}): Promise<SimulatedOned> {
  const state: State = {
    world: newWorld(options.stepMs ?? 5),
    latencyMs: options.latencyMs ?? 0,
    calls: [],
    problems: [],
    mischief: [],
  };
  const handler = (request: IncomingMessage, response: ServerResponse) => {
    handle(state, request, response).catch((error: unknown) => {
      state.problems.push(error instanceof Error ? error.message : String(error));
      response.writeHead(500).end();
    });
  };
  const server: Server =
    options.tls === undefined ? createServer(handler) : createTlsServer(options.tls, handler);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/RPC2`,
    world: state.world,
    calls: state.calls,
    problems: state.problems,
    spoil: (mischief, method) => {
      state.mischief.push({ mischief, method });
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface State {
  readonly world: SimWorld;
  readonly latencyMs: number;
  readonly calls: string[];
  readonly problems: string[];
  readonly mischief: { readonly mischief: Mischief; readonly method: string | undefined }[];
}

async function handle(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST' || request.url !== '/RPC2') {
    response.writeHead(404).end();
    return;
  }
  const { method, args } = readCall(await text(request));
  state.calls.push(method);
  if (state.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, state.latencyMs));
  const mischief = takeMischief(state, method);
  if (isBefore(mischief)) {
    spoilt(mischief, response);
    return;
  }
  const body = writeAnswer(answerTo(state, method, args));
  if (mischief?.kind === 'lost answer') response.destroy();
  else response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(body);
}

type EarlyMischief = Exclude<Mischief, { kind: 'lost answer' | 'pass' }>;

const isBefore = (mischief: Mischief | undefined): mischief is EarlyMischief =>
  mischief !== undefined && mischief.kind !== 'lost answer' && mischief.kind !== 'pass';

function takeMischief({ mischief }: State, method: string): Mischief | undefined {
  const index = mischief.findIndex((each) => each.method === undefined || each.method === method);
  return index === -1 ? undefined : mischief.splice(index, 1)[0]?.mischief;
}

function spoilt(mischief: EarlyMischief, response: ServerResponse): void {
  switch (mischief.kind) {
    case 'status':
      response.writeHead(
        mischief.status,
        mischief.retryAfter === undefined ? {} : { 'retry-after': mischief.retryAfter },
      );
      response.end('<html>busy</html>');
      return;
    case 'garbage':
      response.writeHead(200).end(mischief.body);
      return;
    case 'nothing':
      response.destroy();
      return;
    case 'refusal':
      response.writeHead(200).end(writeAnswer(failure(mischief.code, mischief.text)));
  }
}

/** Calls are checked by the table of signatures, as XML-RPC's own server does it. */
function answerTo(state: State, method: string, [session, ...args]: readonly RpcValue[]): RpcAnswer {
  const values = args.map(({ value }) => value);
  const problem = session?.kind === 'string' ? signatureProblem(method, values) : `${method} has no session`;
  if (problem !== undefined) {
    state.problems.push(problem);
    return { kind: 'fault', code: Object.hasOwn(signatures, method) ? -501 : -506, text: problem };
  }
  settle(state.world);
  const user = userOf(state.world, String(session?.value));
  if (user === undefined) {
    return failure(refusalCode.AUTHENTICATION, `[${method}] User couldn't be authenticated, aborting call.`);
  }
  try {
    return success(
      checked(
        state,
        method as Method,
        methods[method as Method]({ world: state.world, user, args: values } as never),
      ),
    );
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return failure(refusalCode[error.kind], `[${method}] ${error.message}`);
  }
}

/** `user:password`, or `user:token`. */
function userOf({ users }: SimWorld, session: string): SimUser | undefined {
  const at = session.indexOf(':');
  const [name, secret] = [session.slice(0, at), session.slice(at + 1)];
  const user = users.find((each) => each.name === name);
  const isToken = user?.token?.text === secret && !user.token.isExpired;
  return user?.password === secret || isToken ? user : undefined;
}

/** Our own documents have to be what the schemas say, to the letter. */
function checked(state: State, method: Method, value: number | string): number | string {
  const { answer }: Signature = signatures[method];
  if (answer === 'id' || typeof value === 'number') return value;
  const problem = structureProblem(parseXml(value), answer, 'exact');
  if (problem !== undefined)
    state.problems.push(`the simulated ${method} answers what is no ${answer}: ${problem}`);
  return value;
}

function success(value: number | string): RpcAnswer {
  const told: RpcValue = typeof value === 'number' ? { kind: 'int', value } : { kind: 'string', value };
  return { kind: 'array', values: [{ kind: 'boolean', value: true }, told, { kind: 'int', value: 0 }] };
}

function failure(code: number, message: string): RpcAnswer {
  const numbers = [code, -1].map((value): RpcValue => ({ kind: 'int', value }));
  return {
    kind: 'array',
    values: [{ kind: 'boolean', value: false }, { kind: 'string', value: message }, ...numbers],
  };
}
