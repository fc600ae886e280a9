// @peculiar/x509 finds its parts by decorators, so the metadata library must be loaded, for its effect, before it.
// oxlint-disable-next-line import/no-unassigned-import -- it has no exports; loading it is the point
import 'reflect-metadata';
export * from '@peculiar/x509';
