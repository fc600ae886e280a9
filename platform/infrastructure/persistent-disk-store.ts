import { type DiskName, brandId } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';

/** A disk that outlives its infrastructure (paper 4.5), noted before it is made so that it can always be found. */
export interface PersistentDisk {
  /** Key of the VM manager. */
  readonly vmm: string;
  readonly name: DiskName;
  readonly sizeGiB: number;
  readonly owner: string;
  /** The infrastructure's name: the next one of that owner and name attaches the disk again. */
  readonly infrastructureName: string;
  readonly createdAt: Date;
}

export interface PersistentDiskStore {
  /** Noted again: the first note stays. */
  notePersistentDisk(disk: PersistentDisk): Promise<void>;
  /** Of one owner, or of all. */
  listPersistentDisks(owner: string | undefined): Promise<readonly PersistentDisk[]>;
  forgetPersistentDisk(vmm: string, name: DiskName): Promise<void>;
}

interface Tables {
  persistent_disk: {
    vmm: string;
    name: string;
    size_gib: number;
    owner: string;
    infrastructure_name: string;
    created_at: Date;
  };
}

export function createPostgresPersistentDiskStore(database: Database): PersistentDiskStore {
  const db = database.tables<Tables>();
  return {
    notePersistentDisk: async ({ vmm, name, sizeGiB, owner, infrastructureName, createdAt }) => {
      await db
        .insertInto('persistent_disk')
        .values({
          vmm,
          name,
          size_gib: sizeGiB,
          owner,
          infrastructure_name: infrastructureName,
          created_at: createdAt,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    listPersistentDisks: async (owner) => {
      const all = db.selectFrom('persistent_disk').selectAll().orderBy('created_at').orderBy('name');
      const rows = await (owner === undefined ? all : all.where('owner', '=', owner)).execute();
      return rows.map((row) => ({
        vmm: row.vmm,
        name: brandId('DiskName', row.name),
        sizeGiB: row.size_gib,
        owner: row.owner,
        infrastructureName: row.infrastructure_name,
        createdAt: row.created_at,
      }));
    },
    forgetPersistentDisk: async (vmm, name) => {
      await db.deleteFrom('persistent_disk').where('vmm', '=', vmm).where('name', '=', name).execute();
    },
  };
}

/** In memory, for simulations and tests. */
export function createMemoryPersistentDiskStore(): PersistentDiskStore {
  const disks = new Map<string, PersistentDisk>();
  return {
    notePersistentDisk: async (disk) => {
      const key = `${disk.vmm} ${disk.name}`;
      disks.set(key, disks.get(key) ?? disk);
    },
    listPersistentDisks: async (owner) =>
      [...disks.values()].filter((disk) => owner === undefined || disk.owner === owner),
    forgetPersistentDisk: async (vmm, name) => void disks.delete(`${vmm} ${name}`),
  };
}
