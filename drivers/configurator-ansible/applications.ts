import type { WantedApplication } from '@trencadis/contextualization';

export interface ApplicationContent {
  /** The role or collection that it stands for; absent where it is a package. */
  readonly content?: string;
  readonly problem?: string;
}

/**
 * `ansible.roles.X`, `ansible.roles.X,version`, `ansible.roles.URL|X`, and the same with `modules` or `collections`, as the
 * Infrastructure Manager has them. URLs are not followed: the component repository has the file.
 */
export function contentOfApplication({ name }: WantedApplication): ApplicationContent {
  const [, place] = /^ansible\.(?:roles|modules|collections)\.(.+)$/.exec(name) ?? [];
  if (place === undefined) {
    return /^[A-Za-z0-9][\w.+-]*$/.test(name) ? {} : { problem: `'${name}' is no name of a package.` };
  }
  const content = place.includes('|') ? place.slice(place.lastIndexOf('|') + 1) : place.split(',')[0];
  if (content !== undefined && /^\w[\w.-]*$/.test(content)) return { content };
  return {
    problem: `application '${name}' names no role or collection; nothing is downloaded, so name the component: ansible.roles.NAME with NAME.tar.gz in the repository.`,
  };
}

export const isPackage = ({ name }: WantedApplication): boolean =>
  !/^ansible\.(roles|modules|collections)\./.test(name);
