import { yesOrNo } from './feature-key.ts';
import { ours, percent, seconds } from './service-key-forms.ts';

/** How replicas are brought to another document, and what is done when they come and leave. */
export const rollKeys = [
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
] as const;

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
