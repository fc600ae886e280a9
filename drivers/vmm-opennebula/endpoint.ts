import { PlatformError } from '@trencadis/errors';

const defaultPort = '2633';
const defaultPath = '/RPC2';

/**
 * Where the XML-RPC server is: `http://host:2633/RPC2`, a URL without path, or `host` and `host:port` as the
 * Infrastructure Manager's credentials have it. Throws `invalid-argument`.
 */
export function parseEndpoint(text = ''): URL {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw invalid('an OpenNebula needs its address: http://HOST:2633/RPC2, or HOST:PORT');
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid("the address of an OpenNebula holds no user: that is the credentials' part");
  }
  if (lacksPort(url, text)) url.port = defaultPort;
  if (url.pathname === '/') url.pathname = defaultPath;
  url.hash = '';
  return url;
}

/** URL drops the port that is its protocol's own: `http://host:80` has one. */
function lacksPort({ port, protocol }: URL, text: string): boolean {
  return port === '' && protocol === 'http:' && !/:80(?:\/|$)/.test(text);
}

function invalid(problem: string): PlatformError {
  return new PlatformError('invalid-argument', `The endpoint cannot be used: ${problem}.`, {
    subject: 'endpoint',
  });
}
