import type { DeliveredComponent } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import { type FetchOptions, fetchComponent } from './fetch-component.ts';
import type { RootShell } from './root-shell.ts';

const folder = '/var/lib/trencadis/components';

/** Where each component is on the machine, by file name. */
export type PlacedComponents = Readonly<Record<string, { readonly path: string; readonly digest: string }>>;

/**
 * Has the machine fetch each component into a folder named by its digest, which is verified there, on what was really
 * stored. To a machine that cannot reach the platform they are pushed.
 */
export async function deliverComponents(
  root: RootShell,
  components: readonly DeliveredComponent[],
  options: FetchOptions,
): Promise<PlacedComponents> {
  const placed: Record<string, { path: string; digest: string }> = {};
  const bring = bringer(root, options);
  for (const component of components) {
    const { fileName, digest } = component;
    const path = `${folder}/${digest}/${fileName}`;
    // No component's name begins with a dot.
    const draft = `${folder}/${digest}/.partial`;
    if (!(await isIntact(root, path, digest))) {
      await bring(component, draft);
      await assertIntact(root, component, draft);
      await root.must(['mv', '--no-target-directory', '--', draft, path]);
    }
    placed[fileName] = { path, digest };
  }
  return placed;
}

/** By fetching, until the platform turns out not to be reachable from the machine. */
function bringer(root: RootShell, options: FetchOptions) {
  let isReachable = true;
  return async ({ fileName, content, order }: DeliveredComponent, draft: string): Promise<void> => {
    if (order !== undefined && isReachable) {
      await root.must(['install', '-d', '-m', '0755', '--', draft.slice(0, draft.lastIndexOf('/'))]);
      const file = { fileName, path: draft, order: await order() };
      isReachable = await fetchComponent(root, file, options);
      if (isReachable) return;
      options.onLine(`VM ${root.vmName} cannot reach the platform: its components are pushed over SSH.`);
    }
    await root.putFile(draft, await content(), 0o644);
  };
}

async function assertIntact(
  root: RootShell,
  { fileName, digest }: DeliveredComponent,
  draft: string,
): Promise<void> {
  if (await isIntact(root, draft, digest)) return;
  await root.must(['rm', '-f', '--', draft]);
  const message = `Component ${fileName} on VM ${root.vmName} does not have the digest ${digest}: add the component to the repository again.`;
  throw new PlatformError('internal', message, { subject: fileName });
}

async function isIntact(root: RootShell, path: string, digest: string): Promise<boolean> {
  const { exitCode } = await root.run(['sha256sum', '--check', '--status', '-'], {
    stdin: `${digest}  ${path}\n`,
  });
  return exitCode === 0;
}
