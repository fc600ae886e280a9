import { brandId } from '@trencadis/ids';
import type { Handlers } from '@trencadis/http';
import { type InfrastructureCaller, requireAccess } from './access.ts';
import { exportInfrastructure, importInfrastructure } from './export-infrastructure.ts';
import { listPersistentDisks, removePersistentDisk } from './persistent-disks.ts';
import type { InfrastructureHandlersParts } from './routes.ts';
import type { transferRoutes } from './transfer-api.ts';
import { viewOf } from './views.ts';

export function transferHandlers({
  service,
  world,
  audit,
}: InfrastructureHandlersParts): Handlers<typeof transferRoutes, InfrastructureCaller> {
  const note = async (
    act: string,
    { owner: actor }: InfrastructureCaller,
    subject: { kind: string; id: string; owner: string },
  ) => {
    const { owner, ...what } = subject;
    await audit?.write({ actor, act, owner, subject: what, detail: {} });
  };
  return {
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
      const { owner } = caller;
      const infrastructure = await importInfrastructure(world, bundle, { passphrase, owner });
      await note('import', caller, { kind: 'infrastructure', id: infrastructure.id, owner });
      return viewOf(infrastructure);
    },
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
