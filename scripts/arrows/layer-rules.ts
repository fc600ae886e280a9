import { type ArrowToOurs, type Rule, arrowsBetweenPackages, placeOf } from './rule.ts';
import type { Package } from './source-tree.ts';

/** What the packages of one top-level folder may import from others. */
interface Layer {
  readonly name: string;
  readonly folder: string;
  readonly mayImport: (to: Package, arrow: ArrowToOurs) => boolean;
  readonly why: string;
  readonly remedy: string;
}

/** A driver's name begins with its contract's prefix. */
const contractOfDriver: Readonly<Record<string, string>> = {
  vmm: 'platform/vmm',
  'remote-shell': 'platform/contextualization',
  configurator: 'platform/contextualization',
  balancer: 'platform/availability',
};

/** Libraries and contracts of imaging that every imaging service may import. */
const openImagingPackages = new Set(['imaging/dicom', 'imaging/object-store', 'imaging/report-index']);

/** What drivers of one product share to speak to it: nobody else does. */
function isProductClient({ folder }: Package): boolean {
  return folder.startsWith('foundation/') && folder.endsWith('-client');
}

function isFoundation(to: Package): boolean {
  return to.layer === 'foundation' && !isProductClient(to);
}

const layers: readonly Layer[] = [
  {
    name: 'foundation-stands-alone',
    folder: 'foundation',
    mayImport: isFoundation,
    why: 'everything stands on the foundation, so it knows nothing of VMs or images',
    remedy: 'move the code up, or let the caller pass in what is needed',
  },
  {
    name: 'platform-knows-no-products',
    folder: 'platform',
    mayImport: (to, arrow) => isFoundation(to) || to.layer === 'platform' || isSimulatorInTest(to, arrow),
    why: 'the platform talks to contracts, and deploys any domain: drivers and imaging are data to it',
    remedy: 'take the contract as an argument and let an app choose the driver',
  },
  {
    name: 'drivers-know-their-contract',
    folder: 'drivers',
    mayImport: (to, { from }) => to.layer === 'foundation' || to.folder === contractOf(from.package),
    why: 'a driver adapts one product to one contract; it never sees another driver or the platform behind the contract',
    remedy: 'widen the contract, or move what drivers share to the foundation',
  },
  {
    name: 'imaging-meets-at-clients',
    folder: 'imaging',
    mayImport: (to, { to: { subpath } }) =>
      isFoundation(to) ||
      openImagingPackages.has(to.folder) ||
      (to.layer === 'imaging' && subpath === './client'),
    why: 'imaging services run in different centers: they meet over the network, never in memory',
    remedy: "import the other service's /client, or take the part as an argument",
  },
  {
    name: 'images-are-build-tooling',
    folder: 'images',
    mayImport: isFoundation,
    why: 'recipes build VM images before any platform runs',
    remedy: 'move the code to the foundation, or call the recipe from an app',
  },
  {
    name: 'nobody-imports-apps',
    folder: 'apps',
    mayImport: (to) => to.layer !== 'apps',
    why: 'an app is a process: wiring that nobody can reuse',
    remedy: 'move the code into the package it is about',
  },
];

function contractOf(driver: Package): string | undefined {
  const name = driver.folder.slice('drivers/'.length);
  const prefix = Object.keys(contractOfDriver).find((each) => name.startsWith(`${each}-`));
  return prefix && contractOfDriver[prefix];
}

/** Tests of the platform may run on simulated products, which are drivers too. */
function isSimulatorInTest(to: Package, { from }: ArrowToOurs): boolean {
  return from.isTestCode && to.layer === 'drivers' && to.folder.endsWith('-memory');
}

function toRule({ name, folder, mayImport, why, remedy }: Layer): Rule {
  return {
    name,
    why,
    *check(tree) {
      for (const arrow of arrowsBetweenPackages(tree)) {
        const { from, to, site } = arrow;
        if (from.package.layer !== folder || mayImport(to.package, arrow)) continue;
        yield {
          place: placeOf(arrow),
          found: `${from.package.folder} -> ${to.package.folder || 'the root'} ('${site.specifier}')`,
          remedy,
        };
      }
    },
  };
}

const everyFolderHasALayer: Rule = {
  name: 'every-folder-has-a-layer',
  why: 'a package outside the known layers would obey no arrow at all',
  *check(tree) {
    for (const { folder, layer } of tree.packages.values()) {
      if (layers.some((each) => each.folder === layer)) continue;
      yield {
        place: `${folder}/package.json`,
        found: `top-level folder '${layer}' has no arrows`,
        remedy: 'move the package, or add the folder to scripts/arrows/layer-rules.ts',
      };
    }
  },
};

const everyDriverHasAContract: Rule = {
  name: 'every-driver-has-a-contract',
  why: 'drivers are named <contract>-<product>, and the name says what they may import',
  *check(tree) {
    for (const each of tree.packages.values()) {
      if (each.layer !== 'drivers' || contractOf(each) !== undefined) continue;
      yield {
        place: `${each.folder}/package.json`,
        found: `no contract has the prefix of '${each.folder}'`,
        remedy: `rename it after one of ${Object.keys(contractOfDriver).join(', ')}, or add its contract to scripts/arrows/layer-rules.ts`,
      };
    }
  },
};

export const layerRules: readonly Rule[] = [
  everyFolderHasALayer,
  everyDriverHasAContract,
  ...layers.map(toRule),
];
