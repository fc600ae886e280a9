import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { printTable } from '../print-table.ts';

interface AuditOptions {
  readonly subject?: string;
  readonly actor?: string;
  readonly since?: string;
  readonly after?: string;
  readonly limit: string;
  readonly json?: true;
}

export function addAuditCommand(program: Command): void {
  program
    .command('audit')
    .description(
      'what was done, by whom and how it ended; of what is yours, for administrators of everything',
    )
    .option('--subject <kind/id>', 'such as infrastructure/inf-abcdefgh')
    .option('--actor <name>')
    .option('--since <instant>', 'ISO 8601: 2026-11-23T12:00:00Z')
    .option('--after <sequence>', 'the first entries behind this one; by default the newest')
    .option('--limit <number>', 'at most so many', '100')
    .option('--json', 'for machines')
    .action(async ({ json, limit, after, ...filter }: AuditOptions) => {
      await using platform = await connectPlatform();
      const from = after === undefined ? {} : { after: Number(after) };
      const answer = await platform.audit.listAudit({ query: { ...filter, ...from, limit: Number(limit) } });
      const rows = answer.entries.map(({ sequence, at, actor, act, subject, outcome }) => [
        String(sequence),
        at,
        actor,
        act,
        `${subject.kind}/${subject.id}`,
        outcome,
      ]);
      process.stdout.write(json === true ? `${JSON.stringify(answer)}\n` : printTable(rows));
    });
}
