import { type FeatureKey, keysOf } from './feature-key.ts';

const ours = { origin: 'trencadis' } as const;

/** What an input may be; `boolean` is written 'yes' or 'no' in RADL. */
export const inputTypes = ['string', 'number', 'boolean', 'choice', 'password'] as const;

/** Keys of `input`: what a user gives in place of `@input.ID@`. */
export const inputKeys: readonly FeatureKey[] = keysOf('input', [
  { ...ours, key: 'type', values: inputTypes, defaultValue: 'string', meaning: 'what may be given' },
  {
    ...ours,
    key: 'default',
    type: 'any',
    meaning: 'what counts when nothing is given; without it something must be',
  },
  { ...ours, key: 'choices', type: 'list', meaning: 'the texts a choice is made from' },
  { ...ours, key: 'min', type: 'number', operators: 'equals', meaning: 'smallest number allowed' },
  { ...ours, key: 'max', type: 'number', operators: 'equals', meaning: 'largest number allowed' },
  { ...ours, key: 'help', meaning: 'one line for the person who fills it in' },
]);

/** Keys of `output`: what can be asked of a deployed infrastructure under a name. */
export const outputKeys: readonly FeatureKey[] = keysOf('output', [
  {
    ...ours,
    key: 'value',
    values: ['address', 'endpoint', 'secret'],
    isRequired: true,
    meaning:
      'addresses of machines, the URL of a service, or where a generated secret is kept (never the secret)',
  },
  { ...ours, key: 'system', format: 'system-id', meaning: 'the system whose machines are meant' },
  { ...ours, key: 'service', format: 'service-id', meaning: 'or the service; its balancer’s address' },
  {
    ...ours,
    key: 'network',
    format: 'network-id',
    defaultValue: 'the first one',
    meaning: 'address on that network',
  },
  {
    ...ours,
    key: 'protocol',
    defaultValue: 'https',
    meaning: 'protocol of an endpoint',
  },
  {
    ...ours,
    key: 'port',
    type: 'integer',
    operators: 'equals',
    least: 1,
    most: 65_535,
    defaultValue: 'balancer.port of the service',
    meaning: 'port of an endpoint',
  },
  { ...ours, key: 'path', defaultValue: '/', meaning: 'path of an endpoint' },
  { ...ours, key: 'secret', meaning: 'name of the secret' },
  { ...ours, key: 'help', meaning: 'one line for the person who reads it' },
]);
