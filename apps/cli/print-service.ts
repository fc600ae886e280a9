import { styleText } from 'node:util';
import type { ServiceListView, ServiceVersionView, ServiceView } from '@trencadis/service-repository/client';

/** One line a service with its newest version; then what waits, and for what. */
export function printServices({ services, waiting }: ServiceListView): string {
  const lines = services.map(({ name, title, versions }) => {
    const newest = versions.at(-1);
    const status = newest?.status;
    const reason = status?.kind === 'draft' ? `: ${status.reason}` : '';
    return `${name}  ${newest?.version ?? ''}  ${status?.kind ?? ''}  "${title}"${reason}\n`;
  });
  const reasons = waiting.map(
    ({ name, version, problems }) =>
      `${name}  ${version}  waits\n${problems.map(({ place, message }) => `    ${place}: ${message}\n`).join('')}`,
  );
  const hint = waiting.length > 0 ? 'Once that is there: trencadis service import\n' : '';
  return `${lines.join('')}${reasons.join('')}${hint}`;
}

/** A service: what one version needs and takes, and which versions there are. */
export function printService({ title, description, versions }: ServiceView, asked?: string): string {
  const version = versions.find((each) => each.version === asked) ?? versions.at(-1);
  const others = versions.map((each) => `${each.version} (${each.status.kind})`).join(', ');
  return [
    `${styleText('bold', title)}\n${description}\n\nVersions: ${others}\n`,
    version === undefined ? '' : printVersion(version),
  ].join('');
}

function printVersion({ version, status, needs, parameters, missing }: ServiceVersionView): string {
  const vmis = needs.vmis.map((vmi) => (typeof vmi === 'string' ? vmi : vmi.join(' or '))).join(', ');
  const draft = status.kind === 'draft' ? `  a draft: ${status.reason}\n` : '';
  const absent = missing.length > 0 ? `  not here now: ${missing.join(', ')}\n` : '';
  return [
    `\nVersion ${version}\n${draft}  images: ${vmis}\n  components: ${needs.components.join(', ') || 'none'}\n${absent}`,
    '\nParameters\n',
    ...parameters.map(printParameter),
    parameters.length === 0 ? '  none\n' : '',
  ].join('');
}

function printParameter(parameter: ServiceVersionView['parameters'][number]): string {
  const { name, type, help, isRequired, default: value, choices } = parameter;
  const what = choices === undefined ? type : `one of ${choices.join(', ')}`;
  const unless =
    value === undefined ? (isRequired ? 'required' : 'optional') : `default ${JSON.stringify(value)}`;
  return `  ${name} (${what}; ${unless})\n      ${help}\n`;
}
