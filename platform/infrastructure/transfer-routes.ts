import { brandId } from '@trencadis/ids';
import type { Handlers } from '@trencadis/http';
import { type InfrastructureCaller, requireAccess } from './access.ts';
import { exportInfrastructure, importInfrastructure } from './export-infrastructure.ts';
import { listPersistentDisks, removePersistentDisk } from './persistent-disks.ts';
import type { InfrastructureHandlersParts } from './routes.ts';
import type { StepWorld } from './step-world.ts';
import type { transferRoutes } from './transfer-api.ts';
import { viewOf } from './views.ts';

type TransferHandlers = Handlers<typeof transferRoutes, InfrastructureCaller>;
type Note = (
  act: string,
  caller: InfrastructureCaller,
  subject: { readonly kind: string; readonly id: string; readonly owner: string },
) => Promise<void>;

export function transferHandlers({ service, world, audit }: InfrastructureHandlersParts): TransferHandlers {
  const note: Note = async (act, { owner: actor }, { owner, ...subject }) => {
    await audit?.write({ actor, act, owner, subject, detail: {} });
  };
  return {
    ...diskHandlers(world, note),
    exportInfrastructure: async ({ params: { infrastructureId }, body, caller }) => {
      const infrastructure = await service.get(infrastructureId);
      requireAccess(infrastructure, caller, 'own');
      const bundle = await exportInfrastructure(world, infrastructure, body.passphrase);
      await note('export', caller, {
        kind: 'infrastructure',
        id: infrastructureId,
        owner: infrastructure.owner,
      });
      return bundle;
    },
    importInfrastructure: async ({ body: { bundle, passphrase }, caller }) => {
      const { owner, groups } = caller;
      const infrastructure = await importInfrastructure(world, bundle, { passphrase, owner, groups });
      await note('import', caller, { kind: 'infrastructure', id: infrastructure.id, owner });
      return viewOf(infrastructure);
    },
  };
}

function diskHandlers(world: StepWorld, note: Note): Pick<TransferHandlers, 'listDisks' | 'removeDisk'> {
  return {
    listDisks: async ({ caller, signal }) => {
      const disks = await listPersistentDisks(world, caller, signal);
      return { disks: disks.map((disk) => ({ ...disk, createdAt: disk.createdAt.toISOString() })) };
    },
    removeDisk: async ({ params: { vmm, diskName: name }, caller, signal }) => {
      await removePersistentDisk(world, { vmm, name, caller }, signal);
      await note('remove-disk', caller, { kind: 'disk', id: `${vmm}/${name}`, owner: caller.owner });
      return { removed: brandId('DiskName', name) };
    },
  };
}
