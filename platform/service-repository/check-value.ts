import type { ParameterType, ParameterValue, ServiceParameter } from './model.ts';

/** Completes "NAME ..."; `undefined` when the value fits its parameter. */
export function problemOfValue(parameter: ServiceParameter, value: ParameterValue): string | undefined {
  return checks[parameter.type](value, parameter);
}

type Check = (value: ParameterValue, parameter: ServiceParameter) => string | undefined;

const checks: Readonly<Record<ParameterType, Check>> = {
  string: checkText,
  password: (value) => (typeof value === 'string' ? checkText(value) : 'must be a text'),
  number: (value, range) =>
    typeof value === 'number' ? problemOfNumber(value, range) : mustBe('a number', value),
  boolean: (value) => (typeof value === 'boolean' ? undefined : mustBe('true or false', value)),
  choice: (value, { choices = [] }) =>
    typeof value === 'string' && choices.includes(value)
      ? undefined
      : mustBe(`one of ${choices.join(', ')}`, value),
  json: () => undefined,
};

function checkText(value: ParameterValue): string | undefined {
  return typeof value === 'string' ? problemOfText(value) : mustBe('a text', value);
}

function mustBe(what: string, value: ParameterValue): string {
  const given = JSON.stringify(value);
  return `must be ${what}, not ${given.length > 60 ? `${given.slice(0, 60)}...` : given}`;
}

/** RADL has no way to write a backslash before a quote, and no text of ours has two lines. */
function problemOfText(text: string): string | undefined {
  if (text.includes('\\')) return 'cannot hold a backslash: RADL has no way to write it';
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return 'cannot hold line breaks or other control characters';
  if (text.includes('@input.')) return "cannot hold '@input.': what is filled in is not filled in again";
  return undefined;
}

/** RADL numbers have no sign and no exponent. */
function problemOfNumber(value: number, { min, max }: ServiceParameter): string | undefined {
  if (!/^\d+(\.\d+)?$/.test(String(value)))
    return `must be a number as RADL writes it, without sign and exponent, not ${value}`;
  if (min !== undefined && value < min) return `must be at least ${min}, not ${value}`;
  if (max !== undefined && value > max) return `must be at most ${max}, not ${value}`;
  return undefined;
}

/** As it stands in RADL. The value fits its parameter, which stands in the document. */
export function textOfValue(value: ParameterValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
