import type { AccountView, IssuedTokenView } from '@trencadis/accounts/client';
import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { printTable } from '../print-table.ts';
import { readNewPassword } from '../read-secret.ts';

interface Json {
  readonly json?: true;
}

interface QuotaOptions {
  readonly vms?: string;
  readonly cpus?: string;
  readonly memory?: string;
}

interface AddOptions extends Json {
  readonly group: readonly string[];
  readonly admin?: true;
  readonly password: boolean;
}

export function addAccountCommands(program: Command): void {
  const user = program.command('user').description('the users of the platform, for its administrators');
  addListing(user);
  addMaking(user);
  addBounds(user);
  addTokens(user);
  addEnding(user);
}

function addListing(user: Command): void {
  user
    .command('list')
    .description('the accounts')
    .option('--json', 'for machines')
    .action(async ({ json }: Json) => {
      await using platform = await connectPlatform();
      const answer = await platform.accounts.listAccounts({});
      write(json, answer, printTable(answer.accounts.map(rowOf)));
    });
  user
    .command('me')
    .description('who you are to the platform')
    .option('--json', 'for machines')
    .action(async ({ json }: Json) => {
      await using platform = await connectPlatform();
      const me = await platform.accounts.whoAmI({});
      const tokens = me.tokens.map(({ id, name, expiresAt }) => [`token ${id}`, name, `until ${expiresAt}`]);
      const role = me.isAdmin ? 'administrator' : '';
      write(json, me, printTable([[me.owner, me.groups.join(','), role]]) + printTable(tokens));
    });
}

function rowOf({ name, groups, isAdmin, quota, disabledAt }: AccountView): readonly string[] {
  const bounds = Object.entries(quota ?? {}).map(([unit, bound]) => `${unit}=${bound}`);
  const state = disabledAt === undefined ? '' : `disabled ${disabledAt}`;
  return [name, groups.join(','), isAdmin ? 'administrator' : '', bounds.join(' '), state];
}

function addMaking(user: Command): void {
  user
    .command('add')
    .description('make an account; its password is asked for, or read from standard input')
    .argument('<name>')
    .option('--group <name...>', 'to which it belongs', [])
    .option('--admin', 'it may do everything')
    .option('--no-password', 'only tokens open it')
    .option('--json', 'for machines')
    .action(async (name: string, { group, admin, password, json }: AddOptions) => {
      const secret = password ? { password: await readNewPassword() } : {};
      await using platform = await connectPlatform();
      const body = { name, groups: [...group], isAdmin: admin === true, ...secret };
      const account = await platform.accounts.createAccount({ body });
      write(json, account, `account ${account.name} was made\n`);
    });
  user
    .command('password')
    .description('give an account another password, asked for or read from standard input')
    .argument('<name>')
    .action(async (account: string) => {
      const password = await readNewPassword();
      await using platform = await connectPlatform();
      await platform.accounts.setAccountPassword({ params: { account }, body: { password } });
    });
}

function addBounds(user: Command): void {
  user
    .command('groups')
    .description('give an account these groups, and no others')
    .argument('<name>')
    .argument('[group...]')
    .option('--json', 'for machines')
    .action(async (account: string, groups: readonly string[], { json }: Json) => {
      await using platform = await connectPlatform();
      const body = { groups: [...groups] };
      const changed = await platform.accounts.setAccountGroups({ params: { account }, body });
      write(json, changed, printTable([rowOf(changed)]));
    });
  user
    .command('quota')
    .description('bound what an account may use; without options, nothing is bounded')
    .argument('<name>')
    .option('--vms <number>')
    .option('--cpus <number>')
    .option('--memory <MiB>')
    .option('--json', 'for machines')
    .action(async (account: string, options: QuotaOptions & Json) => {
      await using platform = await connectPlatform();
      const body = quotaOf(options);
      const changed = await platform.accounts.setAccountQuota({ params: { account }, body });
      write(options.json, changed, printTable([rowOf(changed)]));
    });
}

function quotaOf({ vms, cpus, memory }: QuotaOptions) {
  return {
    ...(vms === undefined ? {} : { vms: Number(vms) }),
    ...(cpus === undefined ? {} : { cpuCount: Number(cpus) }),
    ...(memory === undefined ? {} : { memoryMiB: Number(memory) }),
  };
}

function addTokens(user: Command): void {
  user
    .command('token')
    .description('make a token for an account (for your own without a name); it is shown this once')
    .argument('[name]')
    .option('--for <purpose>', 'what it is for', 'command line')
    .option('--days <number>', 'until it expires', '90')
    .option('--revoke <id>', 'take this one back instead')
    .option('--json', 'for machines')
    .action(async (account: string | undefined, options: TokenOptions) => {
      await using platform = await connectPlatform();
      const { revoke } = options;
      if (revoke === undefined) {
        const issued = await issue(platform.accounts, account, options);
        write(options.json, issued, `${issued.text}\n`);
        return;
      }
      const params = { tokenId: revoke };
      if (account === undefined) await platform.accounts.revokeMyToken({ params });
      else await platform.accounts.revokeAccountToken({ params: { ...params, account } });
    });
}

interface TokenOptions extends Json {
  readonly for: string;
  readonly days: string;
  readonly revoke?: string;
}

type Accounts = Awaited<ReturnType<typeof connectPlatform>>['accounts'];

function issue(
  accounts: Accounts,
  account: string | undefined,
  options: TokenOptions,
): Promise<IssuedTokenView> {
  const body = { name: options.for, expiresInDays: Number(options.days) };
  if (account === undefined) return accounts.issueMyToken({ body });
  return accounts.issueAccountToken({ params: { account }, body });
}

function addEnding(user: Command): void {
  user
    .command('disable')
    .description('shut an account; what it made goes on')
    .argument('<name>')
    .option('--undo', 'open it again')
    .action(async (account: string, { undo }: { readonly undo?: true }) => {
      await using platform = await connectPlatform();
      const params = { account };
      if (undo === true) await platform.accounts.enableAccount({ params });
      else await platform.accounts.disableAccount({ params });
    });
  user
    .command('rm')
    .description('remove an account to which nothing belongs any more')
    .argument('<name>')
    .action(async (account: string) => {
      await using platform = await connectPlatform();
      await platform.accounts.removeAccount({ params: { account } });
    });
}

function write(json: true | undefined, answer: unknown, text: string): void {
  process.stdout.write(json === true ? `${JSON.stringify(answer)}\n` : text);
}
