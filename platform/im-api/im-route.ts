import type { ImAnswer } from './answers.ts';
import type { ImRequest } from './im-request.ts';
import type { ImApiParts } from './parts.ts';

/** A route of IM's API; `url` as Fastify writes it, behind `/im`. */
export interface ImRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly answer: (parts: ImApiParts, request: ImRequest) => Promise<ImAnswer>;
}
