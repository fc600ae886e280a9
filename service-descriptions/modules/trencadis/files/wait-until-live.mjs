// Waits until a service of this machine answers its liveness probe; says what its unit last logged when it does not.
// Over https the certificate must be this machine's own, signed by the infrastructure's authority.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const required = { type: 'string' };
const { values } = parseArgs({
  options: {
    unit: required,
    url: required,
    certificate: required,
    authority: required,
    seconds: required,
  },
});
const certificate = new X509Certificate(readFileSync(values.certificate));
const tls = {
  ca: readFileSync(values.authority),
  checkServerIdentity: (_host, shown) =>
    certificate.raw.equals(shown.raw) ? undefined : new Error("the service shows another machine's certificate"),
};

async function ask() {
  const get = values.url.startsWith('https:') ? getHttps : getHttp;
  const { promise, resolve } = Promise.withResolvers();
  const request = get(values.url, { ...tls, agent: false, timeout: 5000 }, (response) => {
    response.resume();
    resolve(response.statusCode < 300 ? undefined : `answers ${response.statusCode}`);
  });
  request.on('timeout', () => request.destroy(new Error('does not answer within 5 s')));
  request.on('error', (error) => resolve(error.message));
  return await promise;
}

// systemd starts a service anew that ends with an error; one that does so again and again will not come up.
const maxRestarts = 5;

function countRestarts() {
  const show = ['show', '--property=NRestarts', '--value', values.unit];
  return Number(execFileSync('systemctl', show, { encoding: 'utf8' }));
}

// Those before do not count: systemd goes on counting when it is told to restart what just waits for its next attempt.
const restartsBefore = countRestarts();
const hasGivenUp = () => countRestarts() - restartsBefore >= maxRestarts;

const deadline = performance.now() + Number(values.seconds) * 1000;
let problem = await ask();
while (problem !== undefined && performance.now() < deadline && !hasGivenUp()) {
  await sleep(250);
  problem = await ask();
}
if (problem !== undefined) {
  process.exitCode = 1;
  if (values.seconds !== '0') {
    const journal = ['--unit', values.unit, '--lines', '15', '--no-pager', '--output', 'cat'];
    console.log(`${values.url} ${problem}. The last lines that ${values.unit} logged:`);
    console.log(execFileSync('journalctl', journal, { encoding: 'utf8' }));
  }
}
