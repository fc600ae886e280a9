import type { DeliveredComponent } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import type { RootShell } from './root-shell.ts';

const folder = '/var/lib/trencadis/components';

/** Where each component is on the machine, by file name. */
export type PlacedComponents = Readonly<Record<string, { readonly path: string; readonly digest: string }>>;

/** Brings each component to a folder named by its digest, which is verified there, on what was really stored. */
export async function deliverComponents(
  root: RootShell,
  components: readonly DeliveredComponent[],
): Promise<PlacedComponents> {
  const placed: Record<string, { path: string; digest: string }> = {};
  for (const { fileName, digest, content } of components) {
    const path = `${folder}/${digest}/${fileName}`;
    if (!(await isIntact(root, path, digest))) {
      await root.putFile(path, content, 0o644);
      if (!(await isIntact(root, path, digest))) {
        await root.must(['rm', '-f', '--', path]);
        const message = `Component ${fileName} on VM ${root.vmName} does not have the digest ${digest}: add the component to the repository again.`;
        throw new PlatformError('internal', message, { subject: fileName });
      }
    }
    placed[fileName] = { path, digest };
  }
  return placed;
}

async function isIntact(root: RootShell, path: string, digest: string): Promise<boolean> {
  const { exitCode } = await root.run(['sha256sum', '--check', '--status', '-'], {
    stdin: `${digest}  ${path}\n`,
  });
  return exitCode === 0;
}
