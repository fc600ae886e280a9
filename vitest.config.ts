import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const withMachines = ['**/*.slow.test.ts', 'tests/end-to-end/*.test.ts'];
/** What takes minutes: every configurator on real machines, images, crashes of the local VM manager, many kills. */
const long = [
  'tests/contextualization/*.slow.test.ts',
  'tests/torture/*.slow.test.ts',
  'images/build-image.slow.test.ts',
  'drivers/vmm-local/{changes,crashes,machines}.slow.test.ts',
];
/** Deployed services, balancers and figures of machines for many minutes, while what can go wrong with them does. */
const kept = ['tests/{availability,balancing,monitoring}/*.slow.test.ts'];
/** Disks are built and booted by emulation. */
const disks = ['images/build-disk.slow.test.ts'];
const outside = '**/node_modules/**';
/** They boot machines or start products, one file at a time. */
const onMachines = { fileParallelism: false, testTimeout: 300_000, hookTimeout: 900_000 };
/** Need a VM manager that their set-up starts: `npm run test:libvirt` and so on. */
const onProducts = '**/*.product.test.ts';

function productProject(product: string) {
  const setup = `drivers/vmm-${product}/testing/global-setup.ts`;
  return {
    test: {
      name: product,
      include: [`drivers/vmm-${product}/${onProducts}`, `tests/products/${product}/*.product.test.ts`],
      exclude: [outside],
      globalSetup: existsSync(setup) ? [setup] : [],
      ...onMachines,
    },
  };
}

/** Unit tests run in one process without isolation. */
export default defineConfig({
  test: {
    // Many tests wait more than they compute: one worker a processor, not one less.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [outside, onProducts, ...withMachines],
          isolate: false,
          globalSetup: ['foundation/postgres/testing/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'machines',
          include: withMachines,
          exclude: [outside, ...long, ...kept, ...disks],
          ...onMachines,
        },
      },
      { test: { name: 'long', include: long, exclude: [outside], ...onMachines } },
      { test: { name: 'availability', include: kept, exclude: [outside], ...onMachines } },
      { test: { name: 'disk-images', include: disks, exclude: [outside], ...onMachines } },
      ...['libvirt', 'openstack', 'ec2', 'opennebula'].map(productProject),
      {
        test: {
          name: 'hybrid',
          include: ['tests/products/hybrid/*.product.test.ts'],
          exclude: [outside],
          ...onMachines,
        },
      },
    ],
  },
});
