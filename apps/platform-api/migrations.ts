import { imageCatalogMigrations } from '@trencadis/image-catalog';
import { infrastructureMigrations } from '@trencadis/infrastructure';
import { sagaMigrations } from '@trencadis/saga';
import { serviceRepositoryMigrations } from '@trencadis/service-repository';

/** The tables of every part that keeps something. */
export const migrations = {
  ...sagaMigrations,
  ...infrastructureMigrations,
  ...imageCatalogMigrations,
  ...serviceRepositoryMigrations,
};
