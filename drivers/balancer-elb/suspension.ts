import type { Process } from '@trencadis/availability';

/** What of a group can stand still, by Amazon's names. https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html */
export const amazonProcess: Readonly<Record<Process, string>> = {
  launch: 'Launch',
  terminate: 'Terminate',
  replace: 'ReplaceUnhealthy',
  scale: 'AlarmNotification',
  schedule: 'ScheduledActions',
};

export const processes = Object.keys(amazonProcess) as readonly Process[];
