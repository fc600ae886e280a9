import { PlatformError } from '@trencadis/errors';
import type { ComponentType } from './model.ts';

const archives = ['.tar', '.tar.gz', '.tgz', '.tar.xz', '.tar.zst'];

/** How names of each type may end. Where several types share an ending, the first is what the name alone tells. */
const endings: Readonly<Record<ComponentType, readonly string[]>> = {
  gar: ['.gar'],
  jar: ['.jar'],
  sql: ['.sql'],
  conf: ['.conf'],
  deb: ['.deb'],
  tar: archives,
  npm: ['.tgz', '.tar.gz'],
  oci: ['.oci', '.oci.tar', ...archives],
  'puppet-module': ['.tar.gz', '.tgz'],
  'ansible-role': ['.tar.gz', '.tgz'],
};

export const componentTypes = Object.keys(endings) as [ComponentType, ...ComponentType[]];

/** The declared type, if the file's name can be of it; else what the name tells, in either case (`database.SQL`). */
export function typeOfFile(fileName: string, declared?: ComponentType): ComponentType {
  const endsLike = (type: ComponentType) =>
    endings[type].some((ending) => fileName.toLowerCase().endsWith(ending));
  const type = (declared === undefined ? componentTypes : [declared]).find(endsLike);
  if (type !== undefined) return type;
  const what = declared === undefined ? 'of no known type' : `no ${declared} by its name`;
  const allowed = declared === undefined ? Object.values(endings).flat() : endings[declared];
  const message = `The component '${fileName}' is ${what}: it must end in ${[...new Set(allowed)].join(', ')}.`;
  throw new PlatformError('invalid-argument', message, { subject: fileName });
}
