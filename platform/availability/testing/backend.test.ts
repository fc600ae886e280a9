import { afterAll, expect, it } from 'vitest';
import { type Backend, startBackend } from './backend.ts';
import { sendRequest } from './send-request.ts';

const started: Backend[] = [];
afterAll(() => Promise.all(started.map((backend) => backend.stop())));

it('gives a backend that can be made ill, killed, frozen and brought back', async () => {
  const backend = await startBackend({ name: 'one' });
  started.push(backend);
  const { address, port } = backend;
  const get = (path: string) => sendRequest(address, { port, protocol: 'http', path, timeoutMs: 500 });
  expect(await get('/x?status=201')).toMatchObject({ status: 201, backend: 'one' });
  await backend.setHealthy(false);
  expect(await get('/health')).toMatchObject({ status: 503 });
  await backend.restart();
  expect(await get('/health')).toMatchObject({ status: 200 });
  await backend.freeze();
  await expect(get('/')).rejects.toThrow(/abort/);
  await backend.restart();
  expect(await get('/')).toMatchObject({ status: 200 });
  await backend.kill();
  await expect(get('/')).rejects.toThrow(/ECONNREFUSED/);
  await backend.restart();
  expect(backend.port).toBe(port);
  expect(await get('/')).toMatchObject({ status: 200 });
});
