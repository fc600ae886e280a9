import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ConfigurationJob, type ShellEndpoint, sshConfigOf } from '@trencadis/contextualization';
import { inventoryJson } from './inventory.ts';
import { knownHosts } from './known-hosts.ts';

/** Where the folder is inside the sandbox. */
export const jobPath = '/job';
/** Where this package's own plugins and roles are inside the sandbox. */
const ownPath = '/trencadis';

export const ownFolders = ['plugins', 'roles'].map((name) => ({
  from: fileURLToPath(new URL(name, import.meta.url)),
  to: `${ownPath}/${name}`,
}));

/** With a blank, which no recipe's id can have. */
export const machinePlaybookName = 'the machine.yml';

/** A folder that only this process may look into, for one job. */
export interface JobFolder {
  readonly path: string;
  write(name: string, content: string | Uint8Array): Promise<void>;
}

export async function withJobFolder<Result>(use: (folder: JobFolder) => Promise<Result>): Promise<Result> {
  const path = await mkdtemp(join(tmpdir(), 'trencadis-ansible-'));
  const write: JobFolder['write'] = async (name, content) => {
    await mkdir(dirname(join(path, name)), { recursive: true, mode: 0o700 });
    await writeFile(join(path, name), content, { mode: 0o600 });
  };
  try {
    return await use({ path, write });
  } finally {
    await rm(path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** All but the recipe and the components. */
export async function writeJobFiles(
  folder: JobFolder,
  job: ConfigurationJob,
  { endpoint, python }: { readonly endpoint: ShellEndpoint; readonly python: string },
): Promise<void> {
  const vaultPassword = job.context.machine?.vaultPassword;
  const privateKeyFile = `${jobPath}/key`;
  await folder.write(
    'key',
    endpoint.privateKey.endsWith('\n') ? endpoint.privateKey : `${endpoint.privateKey}\n`,
  );
  await folder.write('known_hosts', knownHosts(endpoint));
  const jump = endpoint.via && sshConfigOf(endpoint.via, jobPath);
  for (const [name, text] of Object.entries(jump?.files ?? {})) await folder.write(name, text);
  await folder.write(
    'ansible.cfg',
    ansibleConfig({ hasVault: vaultPassword !== undefined, jump: jump?.host }),
  );
  await folder.write('inventory.json', inventoryJson(job.context, { endpoint, privateKeyFile, python }));
  await folder.write(machinePlaybookName, machinePlaybook(job.vmName));
  if (vaultPassword !== undefined) await folder.write('vault-password', vaultPassword);
}

const sshOptions = [
  'ControlMaster=auto',
  'ControlPersist=60',
  `UserKnownHostsFile=${jobPath}/known_hosts`,
  'GlobalKnownHostsFile=/dev/null',
  'StrictHostKeyChecking=yes',
  'UpdateHostKeys=no',
  'IdentitiesOnly=yes',
  'BatchMode=yes',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=3',
];

function ansibleConfig({
  hasVault,
  jump,
}: {
  readonly hasVault: boolean;
  /** The machine in between, as `ssh_config` has it. */
  readonly jump: string | undefined;
}): string {
  const way = jump === undefined ? '-F none' : `-F ${jobPath}/ssh_config -o ProxyJump=${jump}`;
  return `[defaults]
home = ${jobPath}/home
local_tmp = ${jobPath}/tmp
inventory = ${jobPath}/inventory.json
roles_path = ${jobPath}/roles:${ownPath}/roles
collections_path = ${jobPath}/collections:/usr/share/ansible/collections
callback_plugins = ${ownPath}/plugins
stdout_callback = trencadis_events
host_key_checking = True
retry_files_enabled = False
nocows = True
deprecation_warnings = False
force_valid_group_names = ignore
timeout = 15
${hasVault ? `vault_password_file = ${jobPath}/vault-password\n` : ''}
[inventory]
enable_plugins = yaml

[ssh_connection]
pipelining = True
control_path_dir = ${jobPath}/control
ssh_args = ${way} ${sshOptions.map((option) => `-o ${option}`).join(' ')}
`;
}

/** JSON is YAML. */
function machinePlaybook(vmName: string): string {
  const play = {
    name: 'The machine',
    hosts: vmName,
    become: true,
    gather_facts: false,
    roles: ['trencadis_machine'],
  };
  return JSON.stringify([play]);
}
