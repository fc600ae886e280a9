import type { Action, CreateListenerInput, Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { BalancerSpec, FrontendSpec } from '@trencadis/availability';
import { allPages, tagsOf } from '@trencadis/aws-client';
import { type Account, onceVisible, removed } from './account.ts';
import { sameAction, syncRules } from './rules.ts';
import { tagKey } from './tags.ts';

/** TLS 1.2 and 1.3, without what is weak. */
const sslPolicy = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

export interface Leading {
  readonly loadBalancerArn: string;
  /** ARNs of target groups, by pool. */
  readonly pools: ReadonlyMap<string, string>;
  /** ARNs of certificates, by frontend. */
  readonly certificates: ReadonlyMap<string, string>;
}

export function listenersOf({ elb, on }: Account, loadBalancerArn: string): Promise<readonly Listener[]> {
  return allPages(
    ({ Marker }) =>
      elb.describeListeners(
        { LoadBalancerArn: loadBalancerArn, ...(Marker === undefined ? {} : { Marker }) },
        on,
      ),
    ({ Listeners }) => Listeners,
  );
}

/** A listener for each frontend, told apart by its port, with its routes; those that are asked for no more leave last. */
export async function syncListeners(account: Account, spec: BalancerSpec, leading: Leading): Promise<void> {
  const existing = await listenersOf(account, leading.loadBalancerArn);
  for (const frontend of spec.frontends) {
    const old = existing.find(({ Port }) => Port === frontend.port);
    const arn = await ensureListener(account, spec, { frontend, old, wanted: wantedOf(frontend, leading) });
    if (frontend.protocol !== 'tcp') await syncRules(account, arn, { frontend, pools: leading.pools });
  }
  const ports = new Set(spec.frontends.map(({ port }) => port));
  for (const { ListenerArn, Port = 0 } of existing) {
    if (!ports.has(Port)) await removed(() => account.elb.deleteListener({ ListenerArn }, account.on));
  }
}

type Wanted = Pick<
  CreateListenerInput,
  'LoadBalancerArn' | 'Protocol' | 'Port' | 'Certificates' | 'SslPolicy'
> & {
  readonly DefaultActions: Action[];
};

function wantedOf(frontend: FrontendSpec, { loadBalancerArn, pools, certificates }: Leading): Wanted {
  const { protocol, port, name, defaultPool } = frontend;
  const certificate = certificates.get(name);
  return {
    LoadBalancerArn: loadBalancerArn,
    Protocol: protocol === 'tcp' ? 'TCP' : protocol === 'http' ? 'HTTP' : 'HTTPS',
    Port: port,
    DefaultActions: [actionOf(defaultPool === undefined ? undefined : pools.get(defaultPool))],
    ...(certificate === undefined
      ? {}
      : { Certificates: [{ CertificateArn: certificate }], SslPolicy: sslPolicy }),
  };
}

function actionOf(targetGroupArn: string | undefined): Action {
  return targetGroupArn === undefined
    ? {
        Type: 'fixed-response',
        FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'not found' },
      }
    : { Type: 'forward', TargetGroupArn: targetGroupArn };
}

interface Ensuring {
  readonly frontend: FrontendSpec;
  readonly old: Listener | undefined;
  readonly wanted: Wanted;
}

async function ensureListener(
  account: Account,
  spec: BalancerSpec,
  { frontend, old, wanted }: Ensuring,
): Promise<string> {
  const { elb, on } = account;
  const facts = {
    [tagKey.tag]: spec.tag,
    [tagKey.balancer]: spec.name,
    [tagKey.frontend]: frontend.name,
  };
  const Tags = tagsOf(facts);
  if (old?.ListenerArn === undefined) {
    const { Listeners = [] } = await onceVisible(account, () => elb.createListener({ ...wanted, Tags }, on));
    return Listeners[0]?.ListenerArn ?? '';
  }
  const { ListenerArn } = old;
  await elb.addTags({ ResourceArns: [ListenerArn], Tags }, on);
  const { LoadBalancerArn: _, ...changes } = wanted;
  if (!isAsWanted(old, wanted)) await elb.modifyListener({ ...changes, ListenerArn }, on);
  return ListenerArn;
}

function isAsWanted(old: Listener, wanted: Wanted): boolean {
  return (
    old.Protocol === wanted.Protocol &&
    old.Certificates?.[0]?.CertificateArn === wanted.Certificates?.[0]?.CertificateArn &&
    sameAction(old.DefaultActions?.[0], wanted.DefaultActions[0])
  );
}
