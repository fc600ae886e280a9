import type { Action, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { FrontendSpec } from '@trencadis/availability';
import { allPages } from '@trencadis/aws-client';
import { type Account, done, onceVisible, removed } from './account.ts';

export interface Routing {
  readonly frontend: FrontendSpec;
  /** ARNs of target groups, by pool. */
  readonly pools: ReadonlyMap<string, string>;
}

type Route = FrontendSpec['routes'][number];

/** A rule for each route, whose place among them is its priority. */
export async function syncRules(account: Account, ListenerArn: string, routing: Routing): Promise<void> {
  const { elb, on } = account;
  const { routes } = routing.frontend;
  const existing = await rulesOf(account, ListenerArn);
  for (const [index, route] of routes.entries()) {
    const Priority = index + 1;
    const old = existing.find((rule) => rule.Priority === String(Priority));
    const Conditions = conditionsOf(route);
    const action: Action = { Type: 'forward', TargetGroupArn: routing.pools.get(route.pool) ?? '' };
    if (old?.RuleArn === undefined)
      await done(() =>
        onceVisible(account, () =>
          elb.createRule({ ListenerArn, Priority, Conditions, Actions: [action] }, on),
        ),
      );
    else if (!isAsWanted(old, Conditions, action))
      await elb.modifyRule({ RuleArn: old.RuleArn, Conditions, Actions: [action] }, on);
  }
  const surplus = existing.filter(
    ({ IsDefault = false, Priority }) => !IsDefault && Number(Priority) > routes.length,
  );
  for (const { RuleArn } of surplus) await removed(() => elb.deleteRule({ RuleArn }, on));
}

function rulesOf({ elb, on }: Account, ListenerArn: string): Promise<readonly Rule[]> {
  return allPages(
    ({ Marker }) => elb.describeRules({ ListenerArn, ...(Marker === undefined ? {} : { Marker }) }, on),
    ({ Rules }) => Rules,
  );
}

/** `/a` is the path `/a` and what lies under it. */
export function conditionsOf({ host, pathPrefix }: Route): RuleCondition[] {
  const stem = pathPrefix?.replace(/\/+$/, '');
  const paths = stem === '' ? ['/*'] : [stem ?? '', `${stem}/*`];
  return [
    ...(host === undefined ? [] : [{ Field: 'host-header', HostHeaderConfig: { Values: [host] } }]),
    ...(pathPrefix === undefined ? [] : [{ Field: 'path-pattern', PathPatternConfig: { Values: paths } }]),
  ];
}

function isAsWanted(old: Rule, conditions: readonly RuleCondition[], action: Action): boolean {
  return keyOf(old.Conditions ?? []) === keyOf(conditions) && sameAction(old.Actions?.[0], action);
}

/** Amazon tells the values of some conditions twice, in two forms. */
function keyOf(conditions: readonly RuleCondition[]): string {
  const parts = conditions.map(({ Field = '', Values, HostHeaderConfig, PathPatternConfig }) => {
    const values = HostHeaderConfig?.Values ?? PathPatternConfig?.Values ?? Values ?? [];
    return `${Field} ${values.join(' ')}`;
  });
  return parts.toSorted().join('\n');
}

export function sameAction(one: Action | undefined, other: Action | undefined): boolean {
  return one?.Type === other?.Type && targetOf(one) === targetOf(other);
}

function targetOf(action: Action | undefined): string | undefined {
  return action?.TargetGroupArn ?? action?.ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn;
}
