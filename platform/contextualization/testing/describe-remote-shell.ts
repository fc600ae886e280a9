import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RemoteShell, RemoteShellDriver, RunOptions, ShellEndpoint } from '../model.ts';

/** One machine with a POSIX shell, and a link to it that can be broken. */
export interface RemoteShellHarness {
  readonly driver: RemoteShellDriver;
  readonly endpoint: ShellEndpoint;
  /** A valid private key that the machine does not let in. */
  readonly unknownPrivateKey: string;
  /** A valid public host key that is not the machine's. */
  readonly unknownHostKey: string;
  /** Where nothing listens. */
  readonly deadPort: number;
  /** An empty folder on the machine that the endpoint's user may write. */
  readonly folder: string;
  /** Ends every link at once, without a goodbye. New ones may be made. */
  cutLinks(): Promise<void>;
  /** Lets nothing pass any more on the links that are open now. */
  silenceLinks(): Promise<void>;
  stop(): Promise<void>;
}

const never = new AbortController().signal;
const options: RunOptions = { signal: never, timeoutMs: 10_000 };

/** What every remote shell must do; see `RemoteShell` for the contract. */
export function describeRemoteShell(name: string, makeHarness: () => Promise<RemoteShellHarness>): void {
  describe(`remote shell: ${name}`, () => {
    let harness: RemoteShellHarness;
    let shell: RemoteShell;

    beforeAll(async () => {
      harness = await makeHarness();
      shell = await harness.driver.connect(harness.endpoint, never);
    });
    afterEach(async () => {
      const { stdout } = await shell.run(['find', harness.folder, '-mindepth', '1'], options);
      expect(stdout, 'left behind on the machine').toBe('');
    });
    afterAll(async () => {
      await shell.close();
      await harness.stop();
    });

    const pathOf = (fileName: string): string => `${harness.folder}/${fileName}`;
    const remove = async (...paths: string[]): Promise<void> => {
      await shell.run(['rm', '--', ...paths], options);
    };

    describe('run', () => {
      it('answers the exit code and both outputs apart', async () => {
        const result = await shell.run(['sh', '-c', 'echo out; echo err >&2; exit 3'], options);
        expect(result).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
      });

      it('hands the arguments over as they are', async () => {
        const args = ['', ' ', "it's", '"', '$HOME', '$(id)', '`id`', '\\', '\n', '-n', '*', '~', ';', 'ñ €'];
        const { stdout } = await shell.run(['printf', String.raw`%s\0`, ...args], options);
        expect(stdout.split('\0').slice(0, -1)).toEqual(args);
      });

      it('answers 127 for a program that is not there, and 128 + n for one that a signal ended', async () => {
        expect((await shell.run(['no-such-program-here'], options)).exitCode).toBe(127);
        expect((await shell.run(['sh', '-c', 'kill -TERM $$'], options)).exitCode).toBe(143);
      });

      it('gives stdin whole, and an end of file where there is none', async () => {
        const stdin = 'línea\n'.repeat(200_000);
        const { stdout } = await shell.run(['wc', '-c'], { ...options, stdin });
        expect(Number(stdout)).toBe(Buffer.byteLength(stdin));
        expect((await shell.run(['cat'], options)).stdout).toBe('');
      });

      it('does not mind a program that never reads its stdin', async () => {
        const stdin = 'x'.repeat(4_000_000);
        expect((await shell.run(['true'], { ...options, stdin })).exitCode).toBe(0);
      });

      it('gives each line as it comes', async () => {
        const go = pathOf('go');
        const script = 'echo first; while [ ! -e "$1" ]; do sleep 0.05; done; echo last; printf rest >&2';
        const lines: string[] = [];
        const wrote: Promise<void>[] = [];
        const onLine = (line: string, stream: string): void => {
          lines.push(`${stream}: ${line}`);
          if (line === 'first') wrote.push(shell.putFile({ path: go, content: '', mode: 0o600 }, never));
        };
        await shell.run(['sh', '-c', script, 'sh', go], { ...options, onLine });
        await Promise.all(wrote);
        expect(lines.toSorted()).toEqual(['stderr: rest', 'stdout: first', 'stdout: last']);
        await remove(go);
      });

      it('takes several programs at the same time', async () => {
        const numbers = [1, 2, 3, 4, 5, 6];
        const results = await Promise.all(
          numbers.map(async (n) => await shell.run(['echo', String(n)], options)),
        );
        expect(results.map(({ stdout }) => Number(stdout))).toEqual(numbers);
      });
    });

    describe('run, stopped', () => {
      /** Writes its process id, then leaves its children and itself only to a signal. */
      const sleeper = (line: (id: number) => void): [[string, ...string[]], RunOptions['onLine']] => [
        ['sh', '-c', 'echo $$; sleep 600 & wait'],
        (text) => line(Number(text)),
      ];
      const groupIsGone = async (id: number): Promise<void> => {
        expect(id).toBeGreaterThan(1);
        const { stdout } = await shell.run(['ps', '-o', 'stat=', '-g', String(id)], options);
        const alive = stdout.split('\n').filter((state) => state !== '' && !state.startsWith('Z'));
        expect(alive).toEqual([]);
      };

      it('ends the program and its children when the time is over, and is unavailable', async () => {
        let id = 0;
        const [argv, onLine] = sleeper((found) => (id = found));
        const running = shell.run(argv, { ...options, timeoutMs: 700, onLine: onLine! });
        await expect(running).rejects.toMatchObject({ code: 'unavailable' });
        await groupIsGone(id);
      });

      it("ends them when the caller aborts, with the caller's reason", async () => {
        const reason = new Error('stop');
        const controller = new AbortController();
        let id = 0;
        const [argv, onLine] = sleeper((found) => {
          id = found;
          controller.abort(reason);
        });
        const running = shell.run(argv, { ...options, signal: controller.signal, onLine: onLine! });
        await expect(running).rejects.toBe(reason);
        await groupIsGone(id);
      });

      it('starts nothing for a caller who has aborted', async () => {
        const signal = AbortSignal.abort(new Error('stop'));
        await expect(shell.run(['touch', pathOf('x')], { ...options, signal })).rejects.toThrow('stop');
        await expect(shell.getFile(pathOf('x'), signal)).rejects.toThrow('stop');
        await expect(harness.driver.connect(harness.endpoint, signal)).rejects.toThrow('stop');
      });
    });

    describe('files', () => {
      it('come back byte by byte, with the mode asked for', async () => {
        const content = randomBytes(3_000_001);
        const path = pathOf("it's a $(file)");
        await shell.putFile({ path, content, mode: 0o640 }, never);
        expect((await shell.getFile(path, never)).equals(content)).toBe(true);
        expect((await shell.run(['stat', '-c', '%a', path], options)).stdout).toBe('640\n');
        await remove(path);
      });

      it('are replaced whole: a reader never sees half of one', async () => {
        const path = pathOf('text');
        await shell.putFile({ path, content: 'old', mode: 0o600 }, never);
        const script = (text: string) => ['sh', '-c', text, 'sh', path] as const;
        const until = (file: string) => `until [ -e "$1.${file}" ]; do sleep 0.02; done`;
        const reading = `exec <"$1"; : > "$1.open"; ${until('replaced')}; cat; rm "$1.open" "$1.replaced"`;
        const reader = shell.run(script(reading), options);
        await shell.run(script(until('open')), options);
        await shell.putFile({ path, content: 'ñew', mode: 0o600 }, never);
        await shell.run(script(': > "$1.replaced"'), options);
        expect((await reader).stdout).toBe('old');
        expect((await shell.getFile(path, never)).toString()).toBe('ñew');
        await remove(path);
      });

      it('may be empty', async () => {
        const path = pathOf('empty');
        await shell.putFile({ path, content: new Uint8Array(), mode: 0o600 }, never);
        expect(await shell.getFile(path, never)).toHaveLength(0);
        await remove(path);
      });

      it('are not found, by name, where they or their folder are absent', async () => {
        const path = pathOf('absent/file');
        const notFound = { code: 'not-found', message: expect.stringContaining(path) as string };
        await expect(shell.getFile(path, never)).rejects.toMatchObject(notFound);
        await expect(shell.putFile({ path, content: '', mode: 0o600 }, never)).rejects.toMatchObject(
          notFound,
        );
      });

      it('leave nothing half-written where they cannot be put', async () => {
        const path = pathOf('folder');
        await shell.run(['mkdir', path], options);
        await expect(shell.putFile({ path, content: 'x', mode: 0o600 }, never)).rejects.toThrow(path);
        await shell.run(['rmdir', path], options);
      });
    });

    describe('connect', () => {
      const connect = async (change: Partial<ShellEndpoint>): Promise<RemoteShell> =>
        await harness.driver.connect({ ...harness.endpoint, ...change }, never);

      it('is forbidden, naming the host, where the host key is another or none is known', async () => {
        const forbidden = {
          code: 'forbidden',
          message: expect.stringContaining(harness.endpoint.host) as string,
        };
        await expect(connect({ hostKeys: [harness.unknownHostKey] })).rejects.toMatchObject(forbidden);
        await expect(connect({ hostKeys: [] })).rejects.toMatchObject(forbidden);
      });

      it('accepts each key of the host, alone or among others', async () => {
        const alone = harness.endpoint.hostKeys.map((hostKey) => [hostKey]);
        for (const hostKeys of [...alone, [harness.unknownHostKey, ...harness.endpoint.hostKeys]]) {
          const other = await connect({ hostKeys });
          expect((await other.run(['true'], options)).exitCode).toBe(0);
          await other.close();
        }
      });

      it('is unauthenticated with a key that the machine does not know', async () => {
        await expect(connect({ privateKey: harness.unknownPrivateKey })).rejects.toMatchObject({
          code: 'unauthenticated',
        });
      });

      it('is an invalid argument with something that is no key, which it does not repeat', async () => {
        const connecting = connect({ privateKey: 'TOP-SECRET' });
        await expect(connecting).rejects.toMatchObject({ code: 'invalid-argument' });
        await expect(connecting).rejects.not.toThrow('TOP-SECRET');
      });

      it('is unavailable where nothing listens', async () => {
        await expect(connect({ port: harness.deadPort })).rejects.toMatchObject({ code: 'unavailable' });
      });
    });

    describe('a broken link', () => {
      const unavailable = { code: 'unavailable' };
      let broken: RemoteShell;
      beforeEach(async () => {
        broken = await harness.driver.connect(harness.endpoint, never);
      });
      afterEach(async () => {
        await broken.close();
        shell = await harness.driver.connect(harness.endpoint, never);
      });

      it('makes what runs, and all that follows, unavailable', async () => {
        const running = broken.run(['sleep', '5'], options);
        await Promise.all([expect(running).rejects.toMatchObject(unavailable), harness.cutLinks()]);
        await expect(broken.run(['true'], options)).rejects.toMatchObject(unavailable);
        await expect(broken.getFile('/etc/hostname', never)).rejects.toMatchObject(unavailable);
        const file = { path: pathOf('x'), content: '', mode: 0o600 };
        await expect(broken.putFile(file, never)).rejects.toMatchObject(unavailable);
      });

      it('is seen when the peer only goes silent', async () => {
        const running = broken.run(['sleep', '600'], { ...options, timeoutMs: 60_000 });
        const lost = { ...unavailable, message: expect.stringMatching(/lost/) as string };
        await Promise.all([expect(running).rejects.toMatchObject(lost), harness.silenceLinks()]);
      });

      it('may be closed twice', async () => {
        await broken.close();
        await broken.close();
        await expect(broken.run(['true'], options)).rejects.toMatchObject(unavailable);
      });
    });
  });
}
