import { type FeatureKey, keysOf, yesOrNo } from './feature-key.ts';

const ours = { origin: 'trencadis' } as const;
const whole = { ...ours, type: 'integer', operators: 'equals' } as const;
const seconds = { ...ours, type: 'number', operators: 'equals', measure: 'seconds', least: 0 } as const;
const level = { ...ours, type: 'number', operators: 'equals', least: 0 } as const;
const percent = { ...whole, measure: '%', least: 0, most: 100 } as const;
const percentOrOther = '% for cpu, memory and disk, else as measured';
/** `'a'` or `['a', 'b']`. */
const names = { ...ours, type: 'text-or-list' } as const;
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
  {
    ...names,
    key: 'replicas.clouds',
    meaning:
      'VM managers that replicas may be at, the preferred one first; without it the platform chooses one',
  },
  {
    ...ours,
    key: 'replicas.place',
    values: ['fallback', 'spread'],
    defaultValue: 'fallback',
    meaning: 'the first of replicas.clouds that has room, or evenly over all of them',
  },
  { ...whole, key: 'replicas.most_per_cloud', least: 1, meaning: 'never more replicas at one VM manager' },
  {
    ...ours,
    key: 'replicas.victim',
    values: ['oldest', 'newest'],
    defaultValue: 'oldest',
    meaning: 'which replica leaves where nothing else decides',
  },
  {
    ...whole,
    key: 'replicas.most_booting',
    least: 1,
    defaultValue: 10,
    meaning: 'replicas that are launched at a time',
  },
  {
    ...whole,
    key: 'replicas.retries',
    least: 0,
    defaultValue: 3,
    meaning: 'failed launches, one after the other, until the next VM manager is tried',
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
    key: 'balancer.target_protocol',
    values: ['tcp', 'http', 'https'],
    defaultValue: 'http behind https, else balancer.protocol',
    meaning: 'what the replicas speak',
  },
  {
    ...ours,
    key: 'balancer.kind',
    values: ['haproxy', 'native'],
    defaultValue: 'haproxy',
    meaning: "VMs of the platform's own with HAProxy, or the VM manager's load balancer (Amazon, OpenStack)",
  },
  {
    ...ours,
    key: 'balancer.pair',
    values: yesOrNo,
    defaultValue: 'no',
    meaning: "'yes': two balancer VMs and an address that moves between them",
  },
  { ...ours, key: 'balancer.address', format: 'address', meaning: 'that address; one is chosen without it' },
  {
    ...ours,
    key: 'balancer.system',
    format: 'system-id',
    meaning: 'what the balancer VMs are made of; without it small ones on the networks of the replicas',
  },
  {
    ...ours,
    key: 'balancer.with',
    format: 'service-id',
    meaning: 'the service whose balancer is shared, told apart by balancer.host or balancer.path',
  },
  { ...ours, key: 'balancer.host', meaning: 'host name for which requests come to this service' },
  { ...ours, key: 'balancer.path', meaning: 'start of the paths for which requests come to this service' },
  {
    ...seconds,
    key: 'balancer.slow_start',
    defaultValue: 0,
    meaning: 'over how long the share of a new replica grows',
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
    values: ['none', 'tcp', 'http', 'https'],
    defaultValue: 'balancer.target_protocol; none without a balancer',
    meaning: 'how a replica is asked whether it is well',
  },
  { ...ours, key: 'health.path', defaultValue: '/', meaning: 'path asked for over http or https' },
  { ...port, key: 'health.port', defaultValue: 'balancer.target_port', meaning: 'port that is asked' },
  { ...ours, key: 'health.host', meaning: 'host name sent with the request' },
  {
    ...ours,
    key: 'health.method',
    values: ['GET', 'HEAD', 'OPTIONS'],
    defaultValue: 'GET',
    meaning: 'method of the request',
  },
  {
    ...seconds,
    key: 'health.heartbeat',
    least: 1,
    meaning: 'a replica that has sent no heartbeat for so long is unhealthy; without it none is expected',
  },
  {
    ...ours,
    key: 'health.combine',
    values: ['any', 'all'],
    defaultValue: 'any',
    meaning: 'whether one source (balancer, check, heartbeat) or every one has to find a replica unhealthy',
  },
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
  ...scalingKeys('scale.'),
  ...scalingKeys('scale.N.'),
  {
    ...ours,
    key: 'scale.engine',
    values: ['platform', 'native'],
    defaultValue: 'platform',
    meaning: "who keeps and scales the replicas: the platform, or Amazon's Auto Scaling groups",
  },
  {
    ...seconds,
    key: 'scale.warmup',
    defaultValue: 60,
    meaning: 'time in which a new replica does not count in the metric',
  },
  { ...seconds, key: 'scale.period', least: 1, defaultValue: 5, meaning: 'time between two samples' },
  {
    ...seconds,
    key: 'scale.up_window',
    defaultValue: 0,
    meaning: 'replicas are added as the smallest of the recommendations of this time says',
  },
  {
    ...seconds,
    key: 'scale.down_window',
    defaultValue: 300,
    meaning: 'replicas are taken as the largest of the recommendations of this time says',
  },
  {
    ...ours,
    key: 'scale.up_limit',
    type: 'text-or-list',
    format: 'rate-limit',
    meaning: "how many may be added in which time: '4/15' (4 in 15 s), '100%/60'",
  },
  {
    ...ours,
    key: 'scale.down_limit',
    type: 'text-or-list',
    format: 'rate-limit',
    meaning: 'how many may be taken in which time, as in scale.up_limit',
  },
  {
    ...ours,
    key: 'scale.limit',
    values: ['max', 'min', 'disabled'],
    defaultValue: 'max',
    meaning: 'which of several limits counts: the one that allows most or least, or no change at all',
  },
  {
    ...ours,
    key: 'schedule.N.at',
    format: 'schedule',
    meaning: "when: '0 8 * * 1-5' (cron) or an instant for once, '2030-01-31T08:00:00Z'",
  },
  {
    ...ours,
    key: 'schedule.N.zone',
    defaultValue: 'UTC',
    meaning: 'time zone of the cron line: Europe/Madrid',
  },
  { ...whole, key: 'schedule.N.replicas', least: 0, meaning: 'replicas there shall be from then on' },
  { ...whole, key: 'schedule.N.min', least: 0, meaning: 'least replicas from then on' },
  { ...whole, key: 'schedule.N.max', least: 1, meaning: 'most replicas from then on' },
  {
    ...percent,
    key: 'roll.min_healthy',
    defaultValue: 90,
    meaning: 'share of the replicas that stays in service while others are brought up to date',
  },
  {
    ...percent,
    key: 'roll.max_healthy',
    least: 100,
    most: 200,
    defaultValue: 100,
    meaning: 'above 100: replicas may be added first',
  },
  {
    ...ours,
    key: 'roll.checkpoints',
    type: 'text-or-list',
    format: 'percents',
    meaning: 'shares of the replicas after which it waits: 10, 50',
  },
  { ...seconds, key: 'roll.checkpoint_delay', defaultValue: 3600, meaning: 'how long it waits there' },
  {
    ...ours,
    key: 'roll.rollback',
    values: yesOrNo,
    defaultValue: 'yes',
    meaning: "'yes': a roll that fails goes back to the document before",
  },
  {
    ...seconds,
    key: 'roll.stuck_after',
    defaultValue: 3600,
    meaning: 'a roll without progress for so long has failed',
  },
  ...hookKeys('launch', 'when a new replica is configured, before it gets requests'),
  ...hookKeys('terminate', 'when a replica that leaves has no requests any more, before its end'),
]);

/** Keys of one policy: the first has no number. */
function scalingKeys(prefix: string) {
  return [
    {
      ...ours,
      key: `${prefix}metric`,
      defaultValue: 'cpu',
      meaning:
        'what is measured: cpu, memory, disk, network, requests, latency, or a name of the service’s own',
    },
    {
      ...ours,
      key: `${prefix}statistic`,
      values: ['mean', 'min', 'max', 'p90', 'sum'],
      defaultValue: 'mean',
      meaning: 'how the values of the replicas become one',
    },
    {
      ...level,
      key: `${prefix}above`,
      measure: percentOrOther,
      meaning: 'replicas are added while the metric is above it; without it none are',
    },
    { ...seconds, key: `${prefix}for`, defaultValue: 60, meaning: 'how long it must be above' },
    {
      ...whole,
      key: `${prefix}step`,
      least: 1,
      defaultValue: 1,
      meaning: 'replicas added or taken at a time',
    },
    {
      ...level,
      key: `${prefix}below`,
      measure: percentOrOther,
      meaning: 'replicas are taken while the metric is below it; without it none are',
    },
    { ...seconds, key: `${prefix}below_for`, defaultValue: 300, meaning: 'how long it must be below' },
    {
      ...level,
      key: `${prefix}target`,
      measure: percentOrOther,
      meaning: 'as many replicas as bring the metric to it (target tracking)',
    },
    {
      ...level,
      key: `${prefix}tolerance`,
      most: 1,
      defaultValue: 0.1,
      meaning: 'how far from the target nothing is changed, as a share of it',
    },
    {
      ...ours,
      key: `${prefix}scale_in`,
      values: yesOrNo,
      defaultValue: 'yes',
      meaning: "'no': target tracking only adds replicas",
    },
    {
      ...ours,
      key: `${prefix}steps`,
      type: 'text-or-list' as const,
      format: 'step-adjustments' as const,
      meaning:
        "what an alarm does, by how far the metric is beyond its threshold: '0:20=1' (from 0 to below 20: 1 more), '20:=3'",
    },
    {
      ...ours,
      key: `${prefix}adjust`,
      values: ['change', 'exact', 'percent'],
      defaultValue: 'change',
      meaning: 'whether steps count replicas more, replicas in all, or percent',
    },
    {
      ...whole,
      key: `${prefix}least_change`,
      least: 1,
      defaultValue: 1,
      meaning: 'fewest replicas that a percentage adds or takes',
    },
    {
      ...ours,
      key: `${prefix}datapoints`,
      format: 'datapoints' as const,
      defaultValue: '1/1',
      meaning: "how many of the latest samples raise an alarm of scale.steps: '3/5'",
    },
    {
      ...ours,
      key: `${prefix}missing`,
      values: ['missing', 'breaching', 'not-breaching', 'ignore'],
      defaultValue: 'missing',
      meaning: 'what a sample that is missing counts as',
    },
    {
      ...seconds,
      key: `${prefix}cooldown`,
      meaning: 'with it an alarm does one thing at a time and then waits (simple scaling)',
    },
  ];
}

function hookKeys(when: 'launch' | 'terminate', words: string) {
  const prefix = `hook.${when}.`;
  return [
    { ...ours, key: `${prefix}command`, meaning: `run on the replica by a shell ${words}` },
    { ...ours, key: `${prefix}url`, meaning: `called with POST ${words}` },
    {
      ...ours,
      key: `${prefix}signal`,
      values: yesOrNo,
      defaultValue: 'no',
      meaning: `'yes': waits for \`trencadis service signal\` ${words}`,
    },
    {
      ...seconds,
      key: `${prefix}timeout`,
      least: 1,
      most: 172_800,
      defaultValue: 3600,
      meaning: 'how long it may take',
    },
    {
      ...ours,
      key: `${prefix}otherwise`,
      values: ['continue', 'abandon'],
      defaultValue: when === 'launch' ? 'abandon' : 'continue',
      meaning: 'what happens when it fails or takes longer',
    },
  ];
}
