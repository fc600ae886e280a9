import type { ScalingGroupSpec, ScheduleSpec } from '@trencadis/availability';
import { invalid } from '@trencadis/aws-client';
import { parseId } from '@trencadis/ids';
import { parseInstant } from '@trencadis/clock';
import { nativePolicyOf } from './native-policy.ts';
import { maxUserDataBytes } from './launch-template.ts';

/** Everything that would be refused on the way is refused before anything is made. */
export function checkGroup(spec: ScalingGroupSpec): void {
  const { name } = spec;
  if (parseId('Tag', name) === undefined)
    throw invalid(
      `The scaling group ${JSON.stringify(name)}: write its name in lower-case letters, digits and hyphens.`,
      name,
    );
  checkSize(spec);
  checkLaunch(spec);
  const ids = [...spec.policies, ...spec.schedules].map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    throw invalid(`The scaling group ${name} has two rules named ${twice}: name them apart.`, name);
  for (const policy of spec.policies) nativePolicyOf(policy, { group: name, requests: undefined });
  for (const schedule of spec.schedules) checkSchedule(name, schedule);
}

function checkSize({ name, min, max, desired = min }: ScalingGroupSpec): void {
  if (!(Number.isInteger(min) && Number.isInteger(max) && min >= 0 && max >= min))
    throw invalid(`The scaling group ${name} has the bounds ${min} and ${max}: write 0 <= min <= max.`, name);
  if (!(desired >= min && desired <= max))
    throw invalid(`The scaling group ${name} begins with ${desired}: write ${min} to ${max}.`, name);
}

function checkLaunch({ name, launch }: ScalingGroupSpec): void {
  if (launch.networks.length === 0)
    throw invalid(`The scaling group ${name} stands in no network: name one.`, name);
  if (Buffer.byteLength(launch.userData) > maxUserDataBytes)
    throw invalid(
      `The user data of the scaling group ${name} is longer than ${maxUserDataBytes} bytes: let it fetch the rest.`,
      name,
    );
}

function checkSchedule(group: string, { id, at, min, max, replicas }: ScheduleSpec): void {
  const isCron = at.trim().split(/\s+/).length === 5;
  if (!isCron && Number.isNaN(parseInstant(at).getTime()))
    throw invalid(
      `The schedule ${id} of the scaling group ${group} is neither five fields of cron nor an instant.`,
      group,
    );
  if (min === undefined && max === undefined && replicas === undefined)
    throw invalid(`The schedule ${id} of the scaling group ${group} changes nothing: say what.`, group);
}
