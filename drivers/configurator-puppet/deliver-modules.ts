import type { ModuleArchive } from './module-archive.ts';
import type { RootShell } from './root-shell.ts';

const folder = '/var/lib/trencadis/modules';

/** Brings the modules to the machine unless these very ones are there already. Answers their folder: a Puppet module path. */
export async function deliverModules(root: RootShell, { content, digest }: ModuleArchive): Promise<string> {
  const path = `${folder}/${digest}`;
  if ((await root.run(['test', '-d', path])).exitCode === 0) return path;
  // Modules of another release are of no use any more.
  await root.must(['rm', '-rf', '--', folder]);
  const draft = `${path}.partial`;
  const archive = `${draft}/modules.tar`;
  await root.putFile(archive, content, 0o600);
  await root.must(['tar', '--extract', '--no-same-owner', '--file', archive, '--directory', draft]);
  await root.must(['rm', '--', archive]);
  await root.must(['mv', '--no-target-directory', '--', draft, path]);
  return path;
}
