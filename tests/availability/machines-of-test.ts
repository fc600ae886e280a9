import { readFile, readdir, readlink, writeFile } from 'node:fs/promises';
import { execa } from 'execa';

/** What goes wrong with a local machine, done to its processes from outside, as the platform would not. */
export class MachineOfTest {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** At once, with all that runs in it. */
  async kill(): Promise<void> {
    process.kill(await this.#init(), 'SIGKILL');
  }

  /** Nothing in it runs, and nothing in it ends. */
  async freeze(): Promise<void> {
    for (const pid of await this.#processes()) process.kill(pid, 'SIGSTOP');
  }

  async thaw(): Promise<void> {
    for (const pid of await this.#processes()) process.kill(pid, 'SIGCONT');
  }

  async write(path: string, text: string): Promise<void> {
    await writeFile(`/proc/${await this.#init()}/root${path}`, text);
  }

  async killProcess(name: string): Promise<void> {
    for (const pid of await this.#processes())
      if ((await readFile(`/proc/${pid}/comm`, 'utf8')).trim() === name) process.kill(pid, 'SIGKILL');
  }

  async #init(): Promise<number> {
    const { stdout } = await execa('pgrep', ['--full', `^systemd-nspawn .*--hostname=${this.name} `]);
    const children = await execa('pgrep', ['--parent', stdout.trim().split('\n').join(',')]);
    return Number(children.stdout.trim().split('\n')[0]);
  }

  async #processes(): Promise<readonly number[]> {
    const own = await readlink(`/proc/${await this.#init()}/ns/pid`);
    const found: number[] = [];
    for (const entry of await readdir('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      const space = await readlink(`/proc/${entry}/ns/pid`).catch(() => '');
      if (space === own) found.push(Number(entry));
    }
    return found;
  }
}
