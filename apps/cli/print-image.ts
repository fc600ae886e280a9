import type { ImageVersionView, ImageView, MatchView, NearMissView } from '@trencadis/image-catalog/client';

interface Shown {
  readonly image: ImageView;
  readonly versions: readonly ImageVersionView[];
}

/** One line: `postgresql  "PostgreSQL"  version 2 active, boots on local`. */
export function printImageLine({ image, versions }: Shown): string {
  const newest = versions.findLast(({ state }) => state !== 'deleted');
  const state = newest === undefined ? 'no version' : `version ${newest.number} ${newest.state}`;
  const vmms = [...new Set(newest?.artifacts.map(({ vmm }) => vmm))];
  const boots = vmms.length > 0 ? `boots on ${vmms.join(', ')}` : 'catalogued, not built';
  return `${image.id}  "${image.name}"  ${state}, ${boots}\n`;
}

export function printImage({ image, versions }: Shown): string {
  const channels = Object.entries(image.channels).map(([name, number]) => `${name} -> ${number}`);
  const lines = [
    `${image.id}  "${image.name}"  of ${image.owner}`,
    ...(image.description === '' ? [] : [`  ${image.description}`]),
    ...(channels.length === 0 ? [] : [`  channels: ${channels.join(', ')}`]),
    ...versions.filter(({ state }) => state !== 'deleted').flatMap(printVersion),
  ];
  return `${lines.join('\n')}\n`;
}

function printVersion({
  number,
  state,
  createdAt,
  metadata,
  artifacts,
}: ImageVersionView): readonly string[] {
  const { flavour, version } = metadata.operatingSystem;
  const applications = metadata.applications.map((one) => [one.name, one.version].filter(Boolean).join(' '));
  return [
    `  version ${number}  ${state}  ${createdAt}  ${flavour} ${version} ${metadata.architecture}`,
    ...(applications.length === 0 ? [] : [`    has ${applications.join(', ')}`]),
    ...artifacts.map(
      ({ vmm, location, nativeId, digest }) =>
        `    ${vmm}: ${nativeId ?? (location === '' ? 'awaited' : location)}  sha256 ${digest.slice(0, 12)}`,
    ),
  ];
}

export function printMatch(match: MatchView, isDetailed: boolean): string {
  const version = match.version === undefined ? '' : ` version ${match.version}`;
  const where = match.artifact === undefined ? 'not built' : match.artifact.vmm;
  const scores = [
    `score ${match.score}`,
    ...(match.imScore === undefined ? [] : [`IM score ${match.imScore}`]),
  ].join(', ');
  const head = `${match.id}${version}  "${match.name}"  ${match.operatingSystem}, ${where}, ${scores}\n`;
  return isDetailed ? head + match.verdicts.map(printVerdict).join('') : head;
}

export function printNearMiss({ id, name, failed }: NearMissView): string {
  return `near: ${id}  "${name}"\n${failed.map(printVerdict).join('')}`;
}

function printVerdict({ requirement, holds, because }: MatchView['verdicts'][number]): string {
  return `  ${holds ? 'yes' : 'no '}  ${requirement}: ${because}\n`;
}
