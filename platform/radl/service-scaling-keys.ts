import { yesOrNo } from './feature-key.ts';
import { level, ours, percentOrOther, seconds, whole } from './service-key-forms.ts';

/** Keys of one policy, without what is before them. */
const policyKeys = [
  {
    ...ours,
    key: 'metric',
    defaultValue: 'cpu',
    meaning:
      'what is measured: cpu, memory, disk, network, requests, latency, or a name of the service’s own',
  },
  {
    ...ours,
    key: 'statistic',
    values: ['mean', 'min', 'max', 'p90', 'sum'],
    defaultValue: 'mean',
    meaning: 'how the values of the replicas become one',
  },
  {
    ...level,
    key: 'above',
    measure: percentOrOther,
    meaning: 'replicas are added while the metric is above it; without it none are',
  },
  { ...seconds, key: 'for', defaultValue: 60, meaning: 'how long it must be above' },
  {
    ...whole,
    key: 'step',
    least: 1,
    defaultValue: 1,
    meaning: 'replicas added or taken at a time',
  },
  {
    ...level,
    key: 'below',
    measure: percentOrOther,
    meaning: 'replicas are taken while the metric is below it; without it none are',
  },
  { ...seconds, key: 'below_for', defaultValue: 300, meaning: 'how long it must be below' },
  {
    ...level,
    key: 'target',
    measure: percentOrOther,
    meaning: 'as many replicas as bring the metric to it (target tracking)',
  },
  {
    ...level,
    key: 'tolerance',
    most: 1,
    defaultValue: 0.1,
    meaning: 'how far from the target nothing is changed, as a share of it',
  },
  {
    ...ours,
    key: 'scale_in',
    values: yesOrNo,
    defaultValue: 'yes',
    meaning: "'no': target tracking only adds replicas",
  },
  {
    ...ours,
    key: 'steps',
    type: 'text-or-list' as const,
    format: 'step-adjustments' as const,
    meaning:
      "what an alarm does, by how far the metric is beyond its threshold: '0:20=1' (from 0 to below 20: 1 more), '20:=3'",
  },
  {
    ...ours,
    key: 'adjust',
    values: ['change', 'exact', 'percent'],
    defaultValue: 'change',
    meaning: 'whether steps count replicas more, replicas in all, or percent',
  },
  {
    ...whole,
    key: 'least_change',
    least: 1,
    defaultValue: 1,
    meaning: 'fewest replicas that a percentage adds or takes',
  },
  {
    ...ours,
    key: 'datapoints',
    format: 'datapoints' as const,
    defaultValue: '1/1',
    meaning: "how many of the latest samples raise an alarm of scale.steps: '3/5'",
  },
  {
    ...ours,
    key: 'missing',
    values: ['missing', 'breaching', 'not-breaching', 'ignore'],
    defaultValue: 'missing',
    meaning: 'what a sample that is missing counts as',
  },
  {
    ...seconds,
    key: 'cooldown',
    meaning: 'with it an alarm does one thing at a time and then waits (simple scaling)',
  },
] as const;

/** The first policy has no number. */
function ofPolicy(prefix: string) {
  return policyKeys.map((row) => ({ ...row, key: `${prefix}${row.key}` }));
}

/** How many replicas there are, and when. */
export const scalingKeys = [
  ...ofPolicy('scale.'),
  ...ofPolicy('scale.N.'),
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
] as const;
