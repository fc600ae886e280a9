import { type AwsAnswer, type AwsRequest, type FakeAws, startFakeAws } from './fake-aws.ts';

/** What happens to a request: `pass`; `cut`: it is done, and its answer lost; an answer: it is not done. */
export type Fate = 'pass' | 'cut' | AwsAnswer;

/** A proxy before moto that disturbs what it passes on. */
export function startProxy(
  endpoint: string,
  fateOf: (request: AwsRequest) => Fate | Promise<Fate>,
): Promise<FakeAws> {
  return startFakeAws(async (request) => {
    const fate = await fateOf(request);
    if (typeof fate !== 'string') return fate;
    const answer = await passOn(endpoint, request);
    return fate === 'cut' ? undefined : answer;
  });
}

const ownToProxy = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect']);

async function passOn(endpoint: string, { headers, body }: AwsRequest): Promise<AwsAnswer> {
  const kept = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    ownToProxy.has(name) || typeof value !== 'string' ? [] : [[name, value]],
  );
  const answer = await fetch(endpoint, { method: 'POST', headers: kept, body });
  return {
    status: answer.status,
    headers: { 'content-type': answer.headers.get('content-type') ?? 'text/xml' },
    body: await answer.text(),
  };
}

/** Those that change something at Amazon. */
export function isChange({ action }: AwsRequest): boolean {
  return !/^(Describe|Get)/.test(action);
}
