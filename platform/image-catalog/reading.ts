import type { OperatingSystem, StandIn, Verdict, Vmi, VmiArtifact } from './model.ts';

/** An image seen as having one operating system (its own, or one that it stands in for) and one artifact. */
export interface Reading {
  readonly vmi: Vmi;
  readonly operatingSystem: OperatingSystem;
  readonly standIn?: StandIn;
  /** None where the image is catalogued, not built. */
  readonly artifact?: VmiArtifact;
}

export interface Judgement extends Verdict {
  readonly needsStandIn: boolean;
}

/** Its own operating system first, with each artifact in order; then every one that it stands in for. */
export function readingsOf(vmi: Vmi): readonly [Reading, ...Reading[]] {
  const others = vmi.standIns.flatMap((standIn) =>
    standIn.for.kind === 'os' ? [{ vmi, operatingSystem: standIn.for.operatingSystem, standIn }] : [],
  );
  const own = { vmi, operatingSystem: vmi.operatingSystem };
  const [first, ...later] = vmi.artifacts;
  if (first === undefined) return [own, ...others];
  const withEach = (reading: Reading): readonly Reading[] =>
    vmi.artifacts.map((artifact) => ({ ...reading, artifact }));
  return [
    { ...own, artifact: first },
    ...later.map((artifact) => ({ ...own, artifact })),
    ...others.flatMap(withEach),
  ];
}
