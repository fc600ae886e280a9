import { writeFile } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import type { InfrastructureClient } from '@trencadis/infrastructure/client';
import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { getInfrastructure } from '../find-infrastructure.ts';
import { readText } from '../read-document.ts';
import { readNewPassword, readPassword } from '../read-secret.ts';

interface ExportOptions {
  readonly file?: string;
  readonly document?: boolean;
}

/** Carrying an infrastructure to another platform. */
export function addTransferCommands(program: Command): void {
  program
    .command('export')
    .description(
      'all that another platform needs to go on with an infrastructure, its secrets sealed under a passphrase that is asked for',
    )
    .argument('<name>', 'the infrastructure')
    .option('--file <file>', 'write it there, readable only by you, instead of to standard output')
    .option('--document', 'only its RADL document, with every change so far')
    .action(exportInfrastructure);
  program
    .command('import')
    .description('go on with an infrastructure of another platform, which must not act on it any more')
    .argument('<file>', 'what export wrote')
    .option('--json', 'for machines')
    .action(importInfrastructure);
}

async function exportInfrastructure(name: string, { file, document }: ExportOptions): Promise<void> {
  await using platform = await connectPlatform();
  const client = platform.infrastructures;
  const { id } = await getInfrastructure(client, name);
  const params = { infrastructureId: brandId('InfrastructureId', id) };
  const text =
    document === true ? (await client.getDocument({ params })).radl : await bundleText(client, params);
  if (file === undefined) process.stdout.write(text);
  else await writeFile(file, text, { mode: 0o600 });
}

type ExportParams = Parameters<InfrastructureClient['exportInfrastructure']>[0]['params'];

async function bundleText(client: InfrastructureClient, params: ExportParams): Promise<string> {
  const passphrase = await readNewPassword();
  const bundle = await client.exportInfrastructure({ params, body: { passphrase } });
  return `${JSON.stringify(bundle, undefined, 2)}\n`;
}

type Bundle = Parameters<InfrastructureClient['importInfrastructure']>[0]['body']['bundle'];

async function importInfrastructure(file: string, { json }: { readonly json?: boolean }): Promise<void> {
  const bundle = parseBundle(await readText(file), file);
  const passphrase = await readPassword('Passphrase');
  await using platform = await connectPlatform();
  const imported = await platform.infrastructures.importInfrastructure({ body: { bundle, passphrase } });
  const text = `Imported '${imported.name}' (${imported.id}) with ${imported.vmCount} VMs.\n`;
  process.stdout.write(json === true ? `${JSON.stringify(imported)}\n` : text);
}

/** The server checks what is in it. */
function parseBundle(text: string, file: string): Bundle {
  try {
    return JSON.parse(text) as Bundle;
  } catch (cause) {
    const message = `${file} is not what 'trencadis export' writes: it is no JSON.`;
    throw new PlatformError('invalid-argument', message, { subject: file, cause });
  }
}
