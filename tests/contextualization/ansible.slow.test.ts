import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAnsibleConfigurator } from '@trencadis/configurator-ansible';
import type {
  ConfigurationContext,
  ConfigurationJob,
  ConfiguredMachine,
  DeliveredComponent,
} from '@trencadis/contextualization';
import { describeConfigurator } from '@trencadis/contextualization/conformance';
import { sha256OfText } from '@trencadis/ids';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localPackage, machineOf } from './testing/ansible-machine.ts';
import { packArchive } from './testing/pack-archive.ts';
import { type Machine, startMachine } from './testing/start-machine.ts';

const configurator = createAnsibleConfigurator();
const never = new AbortController().signal;

const greetTasks = `
- name: Greet
  copy:
    dest: /etc/greeting
    mode: '0600'
    content: "{{ greeting }} {{ trencadis.secrets.token }}\\n"
- name: Fail on demand
  shell: echo no space left >&2; exit 3
  when: is_broken | default(false)
`;

/** As Galaxy has roles: one folder around all. */
async function greetRole(): Promise<DeliveredComponent> {
  return await packArchive('ours.greet.tar.gz', { 'greet-1.0/tasks/main.yml': greetTasks });
}

async function jobOf({ name, context, address }: Machine, isBroken = false): Promise<ConfigurationJob> {
  const role = `{role: ours.greet, greeting: bon dia, is_broken: ${isBroken}}`;
  return {
    vmName: name,
    recipe: { kind: 'text', text: `---\n- roles:\n    - ${role}\n` },
    components: [await greetRole()],
    context: {
      ...context,
      machine: machineOf(name, address),
      secrets: { token: 'pass"w\\rd {{ of }} test' },
    },
  };
}

const state =
  'find /etc -printf "%p %u:%g %m %t\\n" | sort; cat /etc/hosts /etc/greeting 2>/dev/null || true';

describeConfigurator('Ansible', async () => {
  const machine = await startMachine('ans-suite', 'base-toolkits', 'admin');
  const job = await jobOf(machine);
  return {
    configurator,
    connect: async () => await machine.connect(),
    job,
    failing: { job: await jobOf(machine, true), names: ['Fail on demand', 'no space left'] },
    impossible: { recipe: { kind: 'resource-lines', lines: [] }, names: 'resource lines' },
    snapshot: async () => await machine.script(state),
    stop: async () => await machine.stop(),
  };
});

describe('a machine configured by Ansible', () => {
  let machine: Machine;
  let folder: string;
  let loop: string;

  interface Wish {
    readonly text: string;
    readonly machine?: Partial<ConfiguredMachine>;
    readonly context?: Partial<ConfigurationContext>;
    readonly components?: readonly DeliveredComponent[];
    readonly timeoutMs?: number;
  }
  const configure = async ({
    text,
    timeoutMs = 120_000,
    components = [],
    ...wish
  }: Wish): Promise<string> => {
    const lines: string[] = [];
    const onLine = (line: string): void => void lines.push(line);
    const facts = machineOf(machine.name, machine.address, wish.machine);
    const context = { ...machine.context, systemId: 'front', machine: facts, ...wish.context };
    const job = { vmName: machine.name, recipe: { kind: 'text', text }, components, context } as const;
    const shell = await machine.connect();
    try {
      await configurator.configure(shell, job, { signal: never, timeoutMs, onLine });
    } finally {
      await shell.close();
    }
    return lines.join('\n');
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trencadis-ansible-test-'));
    const file = join(folder, 'disk');
    await writeFile(file, '');
    await truncate(file, 64 * 2 ** 20);
    loop = (await execa('losetup', ['--find', '--show', file])).stdout;
    // The login is root's here, and not in the suite: both ways to become root are used.
    machine = await startMachine('ans-facts', 'base-toolkits', 'root');
  });
  afterAll(async () => {
    await machine.stop();
    await execa('losetup', ['--detach', loop]);
    await rm(folder, { recursive: true });
  });

  it("gives recipes the Infrastructure Manager's variables, and names to all machines", async () => {
    const peers = [0, 1].map((number) => ({
      vmName: `ans-wn-${number}`,
      systemId: 'wn',
      addresses: { private: `10.206.9.${number}` },
      machine: { ...machineOf(`wn-${number}`, `10.206.9.${number}`), number },
    }));
    const template = [
      '{{ IM_NODE_FQDN }} {{ IM_NODE_NUM }} {{ IM_NODE_PRIVATE_IP }} {{ IM_NODE_VMID }} {{ IM_NODE_CLOUD_TYPE }}',
      '{{ IM_NODE_NET_0_IP }} {{ IM_WN_NUM_VMS }} {{ IM_INFRASTRUCTURE_ID }} {{ IM_MASTER_HOSTNAME }}',
      "{{ groups['wn'] | map('extract', hostvars, 'IM_NODE_PRIVATE_IP') | join(',') }}",
      "{{ (IM_INFRASTRUCTURE_RADL | selectattr('id', 'equalto', 'front') | first).cpu_count_min }}",
      '{{ IM_APP_node_VERSION }}',
    ];
    const lines = template.map((line) => `          ${line}\n`).join('');
    const text = `- tasks:\n    - copy:\n        dest: /root/facts\n        content: |\n${lines}`;
    const applications = [{ name: 'node', version: '24', isInImage: true }];
    await configure({ text, context: { peers }, machine: { applications } });
    const { address } = machine;
    expect(await machine.script('cat /root/facts')).toBe(
      `ans-facts.example.org 3 ${address} one-17 Local\n${address} 2 inf-testtest wn-0\n10.206.9.0,10.206.9.1\n2\n24\n`,
    );
    const names = await machine.script('getent hosts wn-1 ans-wn-0; grep -c "BEGIN machines" /etc/hosts');
    expect(names.replaceAll(/ +/g, ' ')).toBe(
      '10.206.9.1 wn-1.example.org wn-1 ans-wn-1\n10.206.9.0 wn-0.example.org wn-0 ans-wn-0\n1\n',
    );
  });

  it('formats a disk with nothing on it, once, and mounts it', async () => {
    const [, minor] = /(\d+)$/.exec(loop) ?? [];
    await machine.script(`mknod /dev/vdz b 7 ${minor}`);
    const disks = [{ device: 'vdz', mountPath: '/srv/data', fsType: 'ext4' }];
    const wish = { text: '', machine: { disks } };
    expect(await configure(wish)).toContain('Format /dev/vdz as ext4: changed');
    await machine.script('touch /srv/data/kept; grep -q " /srv/data ext4 defaults,nofail 0 2" /etc/fstab');
    expect(await configure(wish)).not.toContain('changed');
    await machine.script('umount /srv/data');
    const again = await configure(wish);
    expect(again).not.toContain('as ext4: changed');
    expect(await machine.script('findmnt -n -o FSTYPE /srv/data; ls /srv/data')).toBe(
      'ext4\nkept\nlost+found\n',
    );
    const other = [{ device: '/dev/vdz', mountPath: '/srv/other', fsType: 'xfs' }];
    await expect(configure({ ...wish, machine: { disks: other } })).rejects.toThrow(
      '/dev/vdz holds ext4 and no xfs; it is left as it is.',
    );
    const unknown = [{ mountPath: '/srv/unknown', fsType: 'ext4' }];
    await expect(configure({ ...wish, machine: { disks: unknown } })).rejects.toThrow('add disk.N.device');
  });

  it('installs applications, leaves those that are there, and reports what it cannot install', async () => {
    await machine.script(localPackage);
    const applications = [{ name: 'sudo' }, { name: 'ourtool', version: '1.2' }];
    const wish = { text: '- tasks: []', machine: { applications } };
    await configure(wish);
    expect(await machine.script('dpkg-query -W ourtool')).toBe('ourtool\t1.2-3\n');
    expect(await configure(wish)).not.toContain('changed');
    const missing = configure({ ...wish, machine: { applications: [{ name: 'no-such-tool' }] } });
    await expect(missing).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(
        /on VM ans-facts at task '.*Install no-such-tool.*': No package matching/,
      ),
    });
  });

  it('uses roles and collections from files, and other recipes of the document', async () => {
    const collection = await packArchive('ours.things.tar.gz', {
      'MANIFEST.json': '{"collection_info": {"namespace": "ours", "name": "things", "version": "1.0.0"}}',
      'roles/mark/tasks/main.yml':
        "- copy: {dest: /root/mark, content: \"{{ lookup('file', 'data.txt') }}\"}\n",
    });
    const data = { fileName: 'data.txt', text: 'from a component' };
    const text = '- roles: [ours.things.mark]\n  tasks:\n    - include_tasks: more.yml\n';
    const content = async () => Buffer.from(data.text);
    const file = { fileName: data.fileName, digest: sha256OfText(data.text), content };
    const recipes = { more: '- copy: {dest: /root/more, content: more}\n' };
    await configure({ text, components: [collection, file], machine: { recipes } });
    expect(await machine.script('cat /root/mark /root/more')).toBe('from a componentmore');
  });

  it('reads what Ansible-Vault encrypted, with the password of the document only', async () => {
    const password = join(folder, 'password');
    await writeFile(password, 'Vault-Pass-1', { mode: 0o600 });
    const encrypt = async (input: string): Promise<string> =>
      (
        await execa('ansible-vault', ['encrypt', '--vault-password-file', password, '--output', '-'], {
          input,
        })
      ).stdout;
    const indented = (await encrypt('a sealed word')).replaceAll(/^/gm, '        ');
    const text = `- vars:\n    word: !vault |\n${indented}\n  tasks:\n    - copy: {dest: /root/word, content: "{{ word }}"}\n`;
    const vault = { machine: { vaultPassword: 'Vault-Pass-1' } };
    expect(await configure({ text, ...vault })).not.toContain('Vault-Pass-1');
    expect(await machine.script('cat /root/word')).toBe('a sealed word');
    const whole = await encrypt('- tasks:\n    - copy: {dest: /root/whole, content: all}\n');
    await configure({ text: whole, ...vault });
    expect(await machine.script('cat /root/whole')).toBe('all');
    await expect(configure({ text: whole })).rejects.toThrow('vault.password');
    await expect(configure({ text: whole, machine: { vaultPassword: 'other' } })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('Decryption failed'),
    });
  });

  it('names the task that failed and what it said, and what Ansible does not understand', async () => {
    const failing =
      '- tasks:\n    - name: Try hard\n      command: ls {{ item }}\n      loop: [/etc, /not/there]\n';
    await expect(configure({ text: failing })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(/ans-facts at task 'Try hard': .*\/not\/there.*No such file/s),
    });
    await expect(configure({ text: '- tasks:\n    - no_such_module: {a: b}\n' })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('no_such_module'),
    });
  });

  it('stops a task that hangs, with all that it started, here and there', async () => {
    const task = '- name: Wait for ever\n      shell: sleep 86399 & sleep 86399\n';
    const text = `- gather_facts: no\n  tasks:\n    ${task}`;
    await expect(configure({ text, timeoutMs: 40_000 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining("within 40 s and was stopped at task 'Wait for ever'"),
    });
    expect(await machine.script('pgrep -fc "[s]leep 86399" || true')).toBe('0\n');
    const { stdout } = await execa('ps', ['-eo', 'args']);
    expect(stdout.split('\n').filter((line) => /ansible-playbook|\/job\/key/.test(line))).toEqual([]);
    expect((await readdir(tmpdir())).filter((name) => /^trencadis-ansible-(?!test)/.test(name))).toEqual([]);
  });

  it('lets a recipe see nothing of this host', async () => {
    const text = `- tasks:
    - copy:
        dest: /root/seen
        content: "{{ lookup('pipe', 'id -u; ls / /home /root /var 2>/dev/null; cat /etc/shadow 2>&1; true') }}"
`;
    await configure({ text });
    const seen = await machine.script('cat /root/seen');
    expect(seen).toContain('65534\n');
    expect(seen).toContain('/etc/shadow: No such file or directory');
    expect(seen.split('\n')).not.toContain('var');
    expect(seen).not.toContain('/home');
  });

  it('acts on no other machine than the one that it was started for', async () => {
    const peers = [{ vmName: 'ans-other', systemId: 'wn', addresses: { private: '127.0.0.1' } }];
    const text = '- tasks:\n    - {name: Reach out, command: id, delegate_to: ans-other}\n';
    await expect(configure({ text, context: { peers } })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(/may not act on other machines; it does at task 'Reach out'/),
    });
  });

  it('connects to no machine whose host key is not the pinned one', async () => {
    const shell = await machine.connect();
    const stranger = join(folder, 'stranger');
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
    const other = await readFile(`${stranger}.pub`, 'utf8');
    const endpoint = { ...shell.endpoint, hostKeys: [other] };
    const context = { ...machine.context, machine: machineOf(machine.name, machine.address) };
    const job = {
      vmName: machine.name,
      recipe: { kind: 'text', text: '- tasks: []' },
      components: [],
      context,
    } as const;
    const options = { signal: never, timeoutMs: 60_000, onLine: () => undefined };
    const impostor = { ...shell, endpoint };
    await expect(configurator.configure(impostor, job, options)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Host key verification failed'),
    });
    await shell.close();
  });
});
