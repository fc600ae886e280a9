import { explainNoImage } from '@trencadis/image-catalog';
import type { DeployedSystem, Dialect, RadlSystem } from '@trencadis/radl';
import type { VmSpec } from '@trencadis/vmm';
import { chooseImage } from './choose-image.ts';
import { describedImage, meantBy, namedImages } from './image-by-url.ts';
import type { ImageChoice, Infrastructure } from './model.ts';
import { type Offers, type VmmForDeployment, pinOf } from './offers.ts';
import { imageRequirementsOf } from './requirements.ts';
import { vmName } from './resource-names.ts';

/** The best image of a system at one VM manager, or why there is none. */
export type FoundImage =
  | {
      readonly image: VmSpec['image'];
      readonly choice: ImageChoice;
      readonly score: number;
      readonly architecture: string;
    }
  | { readonly because: string };

/** By system and VM manager's key. */
export type SystemImages = ReadonlyMap<string, ReadonlyMap<string, FoundImage>>;

/** For every deployed system the best-ranked image at each VM manager where it might go (paper 4.4). */
export function findImages(
  infrastructure: Pick<Infrastructure, 'id' | 'dialect'>,
  deployed: readonly DeployedSystem[],
  offers: Offers,
): SystemImages {
  const { dialect } = infrastructure;
  const systems = new Map(deployed.map(({ system }) => [system.id, system]));
  const running = runningImages(infrastructure, [...systems.keys()], offers);
  return new Map(
    [...systems.values()].map((system) => {
      const found = offers.vmms.map((vmm) => {
        const digests = running.get(`${vmm.vmm} ${system.id}`) ?? [];
        return [vmm.vmm, findImage(system, vmm, { dialect, offers, running: digests })] as const;
      });
      return [system.id, new Map(found)];
    }),
  );
}

type Digest = VmSpec['image']['digest'];
const none = { best: undefined, result: { ranked: [], nearMisses: [] } };

interface Around {
  readonly dialect: Dialect;
  readonly offers: Offers;
  readonly running: readonly Digest[];
}

function findImage(
  system: RadlSystem,
  site: VmmForDeployment,
  { dialect, offers, running }: Around,
): FoundImage {
  const { vmm, product, places = [vmm.toLowerCase()] } = site;
  const { here, because } = namedImages(system, site);
  const requirements = meantBy(imageRequirementsOf(system, { product, places, dialect }), here);
  const pinned = ({ url }: { readonly url: string }) => offers.pinned.get(pinOf(system.id, vmm, url));
  const kept = here.find((each) => pinned(each) !== undefined);
  const question = { systemId: system.id, vmm, requirements, running };
  // One that came by its URL stays, whatever has been taken into the catalog since.
  const { best, result } = kept ? none : chooseImage(question, offers);
  const artifact = best?.artifact;
  if (!best || !artifact) {
    const named = kept ?? here[0];
    if (named !== undefined)
      return describedImage(system, site, { named, requirements, digest: pinned(named) });
    return { because: because[0] ?? explainNoImage(result, requirements) };
  }
  const { vmi, score, verdicts } = best;
  const { nativeId, digest } = artifact;
  const location = nativeId ?? artifact.location;
  const choice = { systemId: system.id, vmm, vmiId: vmi.id, vmiName: vmi.name, digest, score, verdicts };
  return { image: { location, digest }, choice, score, architecture: vmi.architecture };
}

/** Digests of the images that run, by VM manager and system. */
function runningImages(
  { id }: Pick<Infrastructure, 'id'>,
  systemIds: readonly string[],
  { vms }: Offers,
): ReadonlyMap<string, readonly Digest[]> {
  const prefixes = new Map(systemIds.map((systemId) => [vmName(id, systemId, 1).slice(0, -1), systemId]));
  const found = new Map<string, Set<Digest>>();
  for (const { name, vmm, image } of vms) {
    const [prefix = ''] = /^.*-(?=\d+$)/.exec(name) ?? [];
    const systemId = prefixes.get(prefix);
    if (systemId === undefined) continue;
    const key = `${vmm} ${systemId}`;
    found.set(key, (found.get(key) ?? new Set()).add(image.digest));
  }
  return new Map([...found].map(([key, digests]) => [key, [...digests]]));
}
