import { accountMigrations } from '@trencadis/accounts';
import { auditMigrations } from '@trencadis/audit';
import { idempotencyMigrations } from '@trencadis/http/idempotency-postgres';
import { imageCatalogMigrations } from '@trencadis/image-catalog';
import { infrastructureMigrations } from '@trencadis/infrastructure';
import { sagaMigrations } from '@trencadis/saga';
import { serviceControllerMigrations } from '@trencadis/service-controller';
import { serviceRepositoryMigrations } from '@trencadis/service-repository';
import { vmmSiteMigrations } from '@trencadis/vmm-sites';

/** The tables of every part that keeps something. */
export const migrations = {
  ...sagaMigrations,
  ...infrastructureMigrations,
  ...imageCatalogMigrations,
  ...serviceRepositoryMigrations,
  ...accountMigrations,
  ...auditMigrations,
  ...idempotencyMigrations,
  ...vmmSiteMigrations,
  ...serviceControllerMigrations,
};
