import {
  type Diagnostic,
  type RadlDocument,
  hasErrors,
  isRadlJson,
  parseRadl,
  parseRadlJson,
  printRadl,
} from '@trencadis/radl';
import { cloudName } from '@trencadis/vmm-sites/im-lines';
import { ImRefusal } from './im-refusal.ts';

export interface ImBody {
  /** Without parameters, in lower case. */
  readonly mediaType: string | undefined;
  readonly text: string;
}

export interface ReceivedDocument {
  /** '' for none. */
  readonly radl: string;
  readonly document: RadlDocument;
}

const toscaTypes = new Set(['text/yaml', 'text/x-yaml', 'application/yaml', 'application/x-yaml']);
const plainTypes = new Set([undefined, '', 'text/plain', '*/*', 'text/*']);

/** RADL of a body, as text in IM's dialect, with clouds called as the platform calls them. */
export function readDocument({ mediaType, text }: ImBody): ReceivedDocument {
  const isJson = mediaType === 'application/json';
  refuseMediaType(mediaType);
  if (text.trim() === '') return { radl: '', document: parseRadl('', { dialect: 'im' }).document };
  if (isJson && !isRadlJson(text)) throw new ImRefusal(400, 'The body is not JSON RADL: a list of objects.');
  const reading = isJson ? parseRadlJson(text, { dialect: 'im' }) : parseRadl(text, { dialect: 'im' });
  refuseProblems(reading.diagnostics);
  const { document } = reading;
  const deploys = document.deploys.map((deploy) =>
    deploy.cloudId === undefined ? deploy : { ...deploy, cloudId: cloudName(deploy.cloudId) },
  );
  const isRenamed = deploys.some(({ cloudId }, at) => cloudId !== document.deploys[at]?.cloudId);
  const named = { ...document, deploys };
  return { radl: isJson || isRenamed ? printRadl(named) : text, document: named };
}

function refuseMediaType(mediaType: string | undefined): void {
  if (mediaType === 'application/json' || plainTypes.has(mediaType)) return;
  const message = toscaTypes.has(mediaType ?? '')
    ? 'TOSCA is not read by this platform yet: send RADL as text/plain, or JSON RADL as application/json.'
    : `A body of type ${mediaType} is not read here: send RADL as text/plain, or JSON RADL as application/json.`;
  throw new ImRefusal(415, message);
}

export function refuseProblems(diagnostics: readonly Diagnostic[]): void {
  if (hasErrors(diagnostics)) throw new ImRefusal(400, describeProblems(diagnostics));
}

/** One line each: place, code, what is wrong and the remedy. */
export function describeProblems(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message, span, hint }) => {
      const remedy = hint === undefined ? '' : ` (${hint})`;
      return `line ${span.line}:${span.column} ${code}: ${message}${remedy}`;
    })
    .join('\n');
}
