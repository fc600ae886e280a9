import { type FeatureKey, keysOf, yesOrNo } from './feature-key.ts';

const ours = { origin: 'trencadis' } as const;
const whole = { ...ours, type: 'integer', operators: 'equals' } as const;
const seconds = { ...ours, type: 'number', operators: 'equals', measure: 'seconds', least: 0 } as const;
const level = { ...ours, type: 'number', operators: 'equals', least: 0 } as const;
const port = { ...whole, least: 1, most: 65_535 } as const;

/** Keys of `service`: replicas of one system, kept alive, balanced and scaled (the paper's Table 2, ids 12 and 13). */
export const serviceKeys: readonly FeatureKey[] = keysOf('service', [
  {
    ...ours,
    key: 'system',
    format: 'system-id',
    isRequired: true,
    meaning: 'the system each replica is made of',
  },
  { ...whole, key: 'replicas.min', least: 0, defaultValue: 1, meaning: 'never fewer replicas than these' },
  {
    ...whole,
    key: 'replicas.max',
    least: 1,
    defaultValue: 'replicas.min, at least 1',
    meaning: 'never more replicas than these, but for replicas.surge',
  },
  {
    ...whole,
    key: 'replicas.surge',
    least: 0,
    defaultValue: 'a tenth of the replicas, at least 1',
    meaning: 'replicas above the maximum while an unhealthy one is replaced',
  },
  {
    ...ours,
    key: 'replicas.replace',
    values: ['launch-first', 'terminate-first'],
    defaultValue: 'launch-first',
    meaning: 'whether the new replica or the end of the unhealthy one comes first',
  },
  { ...port, key: 'balancer.port', meaning: 'port the load balancer listens on; without it there is none' },
  {
    ...ours,
    key: 'balancer.protocol',
    values: ['tcp', 'http', 'https'],
    defaultValue: 'tcp',
    meaning: 'what it speaks; tcp also passes TLS through',
  },
  {
    ...port,
    key: 'balancer.target_port',
    defaultValue: 'balancer.port',
    meaning: 'port of the replicas it sends to',
  },
  {
    ...ours,
    key: 'balancer.algorithm',
    values: ['roundrobin', 'leastconn', 'source'],
    defaultValue: 'roundrobin',
    meaning: 'how it chooses a replica: in turn, the least busy, by the client’s address',
  },
  {
    ...ours,
    key: 'balancer.sticky',
    values: yesOrNo,
    defaultValue: 'no',
    meaning: "'yes': a client stays with its replica",
  },
  {
    ...seconds,
    key: 'balancer.drain',
    defaultValue: 30,
    meaning: 'how long requests may go on at a replica that is leaving',
  },
  {
    ...ours,
    key: 'balancer.fail_open',
    values: yesOrNo,
    defaultValue: 'yes',
    meaning: "'yes': send to all replicas when none is healthy",
  },
  {
    ...ours,
    key: 'health.protocol',
    values: ['tcp', 'http', 'https'],
    defaultValue: 'balancer.protocol',
    meaning: 'how a replica is asked whether it is well',
  },
  { ...ours, key: 'health.path', defaultValue: '/', meaning: 'path asked for over http or https' },
  { ...port, key: 'health.port', defaultValue: 'balancer.target_port', meaning: 'port that is asked' },
  {
    ...whole,
    key: 'health.status',
    least: 100,
    most: 599,
    defaultValue: 200,
    meaning: 'status of the answer of a healthy replica',
  },
  { ...seconds, key: 'health.interval', least: 0.1, defaultValue: 2, meaning: 'time between two checks' },
  {
    ...seconds,
    key: 'health.timeout',
    least: 0.1,
    defaultValue: 1,
    meaning: 'longest wait for an answer; shorter than the interval',
  },
  { ...whole, key: 'health.fall', least: 1, defaultValue: 2, meaning: 'failed checks until unhealthy' },
  { ...whole, key: 'health.rise', least: 1, defaultValue: 2, meaning: 'passed checks until healthy' },
  {
    ...seconds,
    key: 'health.grace',
    defaultValue: '0 with a health check, else 300',
    meaning: 'time in which a running new replica may fail its checks',
  },
  { ...ours, key: 'scale.metric', defaultValue: 'cpu', meaning: 'what is measured: cpu, or a metric’s name' },
  {
    ...ours,
    key: 'scale.statistic',
    values: ['mean', 'min', 'max', 'p90', 'sum'],
    defaultValue: 'mean',
    meaning: 'how the values of the replicas become one',
  },
  {
    ...level,
    key: 'scale.above',
    measure: '% for cpu, else as measured',
    meaning: 'replicas are added while the metric is above it; without it none are',
  },
  { ...seconds, key: 'scale.for', defaultValue: 60, meaning: 'how long it must be above' },
  { ...whole, key: 'scale.step', least: 1, defaultValue: 1, meaning: 'replicas added or taken at a time' },
  {
    ...level,
    key: 'scale.below',
    measure: '% for cpu, else as measured',
    meaning: 'replicas are taken while the metric is below it; without it none are',
  },
  { ...seconds, key: 'scale.below_for', defaultValue: 300, meaning: 'how long it must be below' },
  {
    ...seconds,
    key: 'scale.warmup',
    defaultValue: 60,
    meaning: 'time in which a new replica does not count in the metric',
  },
]);
