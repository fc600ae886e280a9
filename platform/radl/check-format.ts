import { parseAddress } from '@trencadis/ipv4';
import type { Checking } from './checking.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import type { TextFormat } from './feature-key.ts';
import { isSubnetPattern } from './ipv4.ts';
import { checkOutports } from './outports.ts';
import {
  isScheduleText,
  parseDatapoints,
  parsePercent,
  parseRateLimit,
  parseStepAdjustment,
} from './service-values.ts';

export interface FormatProblem {
  readonly code?: DiagnosticCode;
  readonly message: string;
  readonly hint?: string | undefined;
  /** IM takes it in silence. */
  readonly isAcceptedByIm?: boolean;
}

type Check = (text: string, checking: Checking) => FormatProblem | undefined;

const checks: Readonly<Record<TextFormat, Check>> = {
  version: checkVersion,
  outports: checkOutports,
  address: checkAddress,
  subnet: checkSubnet,
  'file-system': checkFileSystem,
  password: checkPassword,
  'network-id': (text, checking) =>
    checking.networkIds.has(text)
      ? undefined
      : {
          code: 'RADL311',
          message: `network "${text}" is not declared`,
          hint: checking.nearest(text, checking.networkIds, "'") ?? `declare it: network ${text} ()`,
        },
  'system-id': (text, checking) =>
    checking.systemIds.has(text)
      ? undefined
      : {
          code: 'RADL312',
          message: `system "${text}" is not declared`,
          hint: checking.nearest(text, checking.systemIds, "'"),
        },
  'service-id': (text, checking) =>
    checking.serviceIds.has(text)
      ? undefined
      : {
          code: 'RADL312',
          message: `service "${text}" is not declared`,
          hint: checking.nearest(text, checking.serviceIds, "'"),
        },
  'ansible-id': (text, checking) =>
    checking.ansibleIds.has(text)
      ? undefined
      : {
          code: 'RADL314',
          message: `ansible "${text}" is not declared`,
          hint: checking.nearest(text, checking.ansibleIds, "'"),
        },
  'rate-limit': formOf((text) => parseRateLimit(text), 'limit', "'4/15' (4 in 15 s) or '100%/60'"),
  schedule: formOf(
    (text) => isScheduleText(text) || undefined,
    'time',
    "'0 8 * * 1-5' or '2030-01-31T08:00:00Z'",
  ),
  percents: formOf((text) => parsePercent(text), 'percentage', "'10'"),
  'step-adjustments': formOf((text) => parseStepAdjustment(text), 'step', "'0:20=1' or '20:=3'"),
  datapoints: formOf((text) => parseDatapoints(text), 'number of samples', "'3/5'"),
};

/** `read` answers `undefined` for a text that is no such thing. */
function formOf(read: (text: string) => unknown, what: string, example: string): Check {
  return (text) =>
    read(text) === undefined ? { message: `'${text}' is no ${what}`, hint: `write ${example}` } : undefined;
}

/** What is wrong with the form of a text, if anything. */
export function checkFormat(format: TextFormat, text: string, checking: Checking): FormatProblem | undefined {
  return checks[format](text, checking);
}

function checkAddress(text: string): FormatProblem | undefined {
  if (parseAddress(text) !== undefined) return undefined;
  return { message: `'${text}' is no IPv4 address`, hint: "write '10.0.0.7'", isAcceptedByIm: true };
}

function checkSubnet(text: string): FormatProblem | undefined {
  if (isSubnetPattern(text)) return undefined;
  const hint = "write '10.0.1.0/24', or '10.0.*.0/24'";
  return { message: `'${text}' is no range of IPv4 addresses`, hint, isAcceptedByIm: true };
}

function checkFileSystem(text: string): FormatProblem | undefined {
  if (/^[a-z][a-z0-9]*$/.test(text)) return undefined;
  return {
    message: `'${text}' is no file system`,
    hint: "write 'ext4', 'xfs' or 'swap'",
    isAcceptedByIm: true,
  };
}

function checkVersion(text: string): FormatProblem | undefined {
  if (/^\p{Nd}+(\.\p{Nd}+)*$/u.test(text)) return undefined;
  if (text === '') return { message: 'this version is empty', isAcceptedByIm: true };
  const fixed = text.replace(/[_-]/g, '.');
  const hint = /^\d+(\.\d+)*$/.test(fixed) ? `write '${fixed}'` : undefined;
  return { message: `'${text}' is no version: digits and dots`, hint };
}

function checkPassword(text: string): FormatProblem | undefined {
  const isStrong =
    text.length > 6 && [/\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{N}]/u].every((wanted) => wanted.test(text));
  if (isStrong) return undefined;
  return {
    message:
      'a new password needs more than 6 characters, with an upper-case letter, a digit and one that is neither',
  };
}
