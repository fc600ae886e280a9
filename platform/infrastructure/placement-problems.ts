import type { Diagnostic, RadlDocument, Span } from '@trencadis/radl';
import type { PlacementDecision, PlacementRequest } from './decide-placement.ts';
import type { SystemImages } from './find-images.ts';
import type { Offers } from './offers.ts';
import { resolutionError } from './resolution-problems.ts';

type Refusal = Extract<PlacementDecision, { kind: 'refused' }>;

interface At {
  readonly offers: Pick<Offers, 'vmms'>;
  readonly images: SystemImages;
}

/** Why systems can go nowhere, each at the place in the document where it can be mended. */
export function placementProblems(
  decisions: readonly PlacementDecision[],
  document: RadlDocument,
  at: At,
): Diagnostic[] {
  const unknown = unknownClouds(document, at.offers);
  const refusals = decisions.filter((each) => each.kind === 'refused');
  const isNamed = new Set(unknown.map(({ systemId }) => systemId));
  return [
    ...unknown.map(({ diagnostic }) => diagnostic),
    ...refusals
      .filter(({ requests }) => !requests.some(({ systemId }) => isNamed.has(systemId)))
      .flatMap((refusal) => problemsOf(refusal, document, at)),
  ];
}

function unknownClouds(document: RadlDocument, { vmms }: At['offers']) {
  const known = new Set(vmms.flatMap(({ vmm, name }) => [vmm, name]));
  const names = vmms.map(({ name }) => name).join(', ') || 'none; add one with trencadis cloud add';
  return document.deploys.flatMap(({ systemId, count, cloudId, span }) => {
    if (count === 0 || cloudId === undefined || known.has(cloudId)) return [];
    const message = `No VM manager is called '${cloudId}' here.`;
    const diagnostic = resolutionError('unknownCloud', span, { message, hint: `There are: ${names}.` });
    return [{ systemId, diagnostic }];
  });
}

function problemsOf({ requests, reasons }: Refusal, document: RadlDocument, at: At): Diagnostic[] {
  const spanOf = (systemId: string): Span =>
    document.systems.find(({ id }) => id === systemId)?.span ?? { start: 0, end: 0, line: 1, column: 1 };
  const torn = tornApart(requests);
  if (torn !== undefined) {
    const hint = 'Deploy them on one, or join them by a public network.';
    return [resolutionError('tooManyClouds', spanOf(torn.systemId), { message: torn.message, hint })];
  }
  const imageless = requests.flatMap(({ systemId, cloudId }) => {
    const first = at.offers.vmms.find(({ vmm, name }) => !cloudId || [vmm, name].includes(cloudId));
    const found = [...(at.images.get(systemId)?.values() ?? [])];
    const there = first && at.images.get(systemId)?.get(first.vmm);
    const hasNone =
      cloudId === undefined ? found.every((each) => 'because' in each) : there && 'because' in there;
    if (!hasNone || !there || !('because' in there)) return [];
    return [
      resolutionError('noImage', spanOf(systemId), { message: `System ${systemId}: ${there.because}` }),
    ];
  });
  if (imageless.length > 0) return imageless;
  const systems = [...new Set(requests.map(({ systemId }) => systemId))];
  const why = reasons.map(({ vmm, because }) => `${vmm}: ${because}`).join('. ') || 'there is none';
  const message = `No VM manager can take ${systems.join(', ')}. ${why}.`;
  const hint = 'Ask for less, free some room, or add a VM manager (trencadis cloud add).';
  const problem = resolutionError('noCandidate', spanOf(systems[0] ?? ''), { message, hint });
  const [cloudId, ...others] = new Set(requests.map((each) => each.cloudId));
  return [cloudId === undefined || others.length > 0 ? problem : { ...problem, cloudId }];
}

/** A private network reaches over one VM manager only. */
function tornApart(requests: readonly PlacementRequest[]) {
  const named = requests.filter(({ cloudId }) => cloudId !== undefined);
  const [first] = named;
  const other = named.find(({ cloudId }) => cloudId !== first?.cloudId);
  if (!first || !other) return undefined;
  const message = `Systems ${first.systemId} and ${other.systemId} are joined by a private network, so they cannot be on '${first.cloudId}' and '${other.cloudId}'.`;
  return { systemId: other.systemId, message };
}
