import { get } from 'node:https';
import { fileURLToPath } from 'node:url';
import { createPuppetConfigurator } from '@trencadis/configurator-puppet';
import type { ConfigurationJob } from '@trencadis/contextualization';
import { describeConfigurator } from '@trencadis/contextualization/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packService, servicePort } from './testing/service.ts';
import { type Machine, applyAgain, startMachine } from './testing/start-machine.ts';

const modulesDirectory = fileURLToPath(new URL('../../service-descriptions/modules', import.meta.url));
const configurator = createPuppetConfigurator({ modulesDirectory });
const never = new AbortController().signal;

const state = `
find /etc/trencadis /opt/trencadis /etc/systemd/system -printf '%p %u:%g %m %l\\n' 2>/dev/null | sort || true
find /etc/trencadis/tls /etc/trencadis/services /etc/systemd/system/trencadis-* -type f -exec sha256sum {} + 2>/dev/null | sort || true
getent passwd trencadis || true
systemctl show trencadis-hello --property=ActiveState,MainPID,UnitFileState
`;

async function jobOf({ name, context }: Machine, isBroken = false): Promise<ConfigurationJob> {
  const lines = [
    { type: 'add_user', title: 'trencadis', attributes: {} },
    { type: 'deploy_gs', title: 'Hello.gar', attributes: {} },
  ];
  const login = { host: '10.0.0.9', port: 5432, user: 'sql_keys', allowedFrom: [] };
  return {
    vmName: name,
    recipe: { kind: 'resource-lines', lines },
    components: [await packService({ isBroken })],
    context: {
      ...context,
      databases: { SQL_Keys: { ...login, password: 'pass"w\\rd-of-keys' } },
      secrets: { 'sealing-key': 'c2VhbGluZy1rZXktb2YtdGVzdA' },
      parameters: { greeting: 'bon dia', other: 'not asked for' },
    },
  };
}

// The login is not root's here, and root's in the test of the database: both ways to become root are used.
describeConfigurator('Puppet, a service', async () => {
  const machine = await startMachine('cfg-service', 'base-toolkits', 'admin');
  const job = await jobOf(machine);
  return {
    configurator,
    connect: async () => await machine.connect(),
    job,
    failing: {
      job: await jobOf(machine, true),
      names: ["deploy_gs {'Hello.gar'}", 'cannot open the vault'],
    },
    impossible: { recipe: { kind: 'text', text: "file { '/srv/x':" }, names: "line 1: the '{'" },
    snapshot: async () => await machine.script(state),
    stop: async () => await machine.stop(),
  };
});

describe('a service deployed by Puppet', () => {
  let machine: Machine;
  let job: ConfigurationJob;
  const configure = async (change: Partial<ConfigurationJob['context']> = {}): Promise<string> => {
    const shell = await machine.connect();
    const lines: string[] = [];
    const onLine = (line: string): void => void lines.push(line);
    const changed = { ...job, context: { ...job.context, ...change } };
    await configurator.configure(shell, changed, { signal: never, timeoutMs: 180_000, onLine });
    await shell.close();
    return lines.join('\n');
  };
  const ask = async (): Promise<Record<string, unknown>> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const { authorityPem } = job.context.certificate;
    get(`https://${machine.address}:${servicePort}/`, { ca: authorityPem, agent: false }, (response) => {
      response.setEncoding('utf8').on('data', resolve);
    }).on('error', reject);
    return JSON.parse(await promise) as Record<string, unknown>;
  };

  beforeAll(async () => {
    machine = await startMachine('cfg-hello', 'base-toolkits', 'admin');
    job = await jobOf(machine);
    await configure();
  });
  afterAll(async () => {
    await machine.stop();
  });

  it('answers over TLS, as its own user, with the configuration that it asked for', async () => {
    const userId = Number(await machine.script('id -u trencadis'));
    expect(await ask()).toEqual({
      arguments: ['--say=hello', '--config', '/etc/trencadis/services/hello/config.json'],
      userId,
      host: '0.0.0.0',
      port: servicePort,
      database: { host: '10.0.0.9', port: 5432, name: 'SQL_Keys', user: 'sql_keys' },
      secretNames: ['sealing-key'],
      parameters: { greeting: 'bon dia' },
      tls: {
        certificateFile: '/etc/trencadis/tls/certificate.pem',
        privateKeyFile: '/etc/trencadis/tls/private-key.pem',
        authorityFile: '/etc/trencadis/tls/authority.pem',
      },
    });
  });

  it('keeps secrets to root and the service: no other user, log or report has them', async () => {
    // Read on the machine, and never an argument of what logs: the journal keeps command lines.
    const secret = String.raw`sed -n 's/.*"sealing-key": "\(.*\)".*/\1/p' /etc/trencadis/context.json >/run/secret; test -s /run/secret`;
    const search = 'grep -rlF -f /run/secret / --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev';
    expect(
      await machine.script(`${secret}; ${search} | grep -v '^/run/secret$' | sort; rm /run/secret`),
    ).toBe('/etc/trencadis/context.json\n/etc/trencadis/services/hello/config.json\n');
    const modes = `stat -c '%U:%G %a' /etc/trencadis/context.json /etc/trencadis/services/hello/config.json`;
    expect(await machine.script(modes)).toBe('root:root 600\nroot:trencadis 640\n');
  });

  it('is left alone by another run', async () => {
    expect(await machine.script(applyAgain)).toContain('Applied catalog');
  });

  it('runs again when its configuration changes, and is left alone when nothing does', async () => {
    const mainProcess = async (): Promise<string> =>
      await machine.script('systemctl show trencadis-hello --property=MainPID');
    const first = await mainProcess();
    await configure();
    expect(await mainProcess()).toBe(first);
    await configure({ parameters: { greeting: 'bona nit' } });
    expect(await mainProcess()).not.toBe(first);
    expect(await ask()).toMatchObject({ parameters: { greeting: 'bona nit' } });
  });

  it('is shut in by systemd: nothing but its own folder to write, no capability, no privilege to gain', async () => {
    const pid = '$(systemctl show trencadis-hello --property=MainPID --value)';
    const inside = (command: string): string =>
      `nsenter --target ${pid} --mount -- setpriv --reuid trencadis --regid trencadis --clear-groups ${command}`;
    await machine.script(inside('touch /var/lib/trencadis-hello/x'));
    await expect(machine.script(inside('touch /tmp/../srv/x'))).rejects.toThrow('Read-only file system');
    const status = await machine.script(
      `grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/${pid}/status | tr '\\t' ' '`,
    );
    expect(status).toBe('CapEff: 0000000000000000\nNoNewPrivs: 1\nSeccomp: 2\n');
  });

  it('comes back when it dies', async () => {
    await machine.script(
      'systemctl kill --signal=KILL trencadis-hello; sleep 3; systemctl is-active trencadis-hello',
    );
    expect(await ask()).toMatchObject({ port: servicePort });
  });

  it('is not deployed without what it needs: the error names it', async () => {
    await expect(configure({ secrets: {} })).rejects.toThrow('the secret sealing-key');
    await expect(configure({ databases: {}, parameters: {} })).rejects.toThrow(
      /the database SQL_Keys, the parameter greeting/,
    );
  });
});
