import { describe, expect, it } from 'vitest';
import { parseEndpoint } from './endpoint.ts';

describe('an endpoint', () => {
  it.each([
    ['one.example', 'http://one.example:2633/RPC2'],
    ['one.example:2634', 'http://one.example:2634/RPC2'],
    ['http://one.example', 'http://one.example:2633/RPC2'],
    ['http://one.example:80', 'http://one.example/RPC2'],
    ['http://one.example:2633/RPC2', 'http://one.example:2633/RPC2'],
    ['https://one.example/RPC2', 'https://one.example/RPC2'],
    ['https://one.example/cloud/rpc', 'https://one.example/cloud/rpc'],
  ])('%s is %s', (text, url) => {
    expect(parseEndpoint(text).href).toBe(url);
  });

  it.each([undefined, '', 'ftp://one.example', 'http://ana:pw@one.example', 'http://'])(
    'is not %j',
    (text) => {
      expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    },
  );
});
