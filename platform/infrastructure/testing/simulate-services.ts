import { type Sha256, type VmName, sha256OfText } from '@trencadis/ids';
import type { ConfiguredKeys } from '../model.ts';
import {
  applyBalancerArgs,
  deleteBalancerArgs,
  joinServiceArgs,
  leaveServiceArgs,
  monitorVmArgs,
  runHookArgs,
} from '../services/service-step-arguments.ts';
import { balancerStage, memberKey, memberStage, monitorStage } from '../services/service-stages.ts';

interface Site {
  configured(): ConfiguredKeys;
  requireRunning(place: { readonly vmm: string; readonly name: VmName }): void;
  note(name: VmName, stage: string, key: Sha256): void;
  forget(name: VmName, stage: string): void;
}

/** What the steps of services do to what is observed, by their kind. */
export function serviceEffects(site: Site): Readonly<Record<string, (args: unknown) => void>> {
  return {
    'apply-balancer@1': (given) => {
      const { balancer, digest } = applyBalancerArgs.parse(given);
      for (const name of balancer.hosts) site.requireRunning({ vmm: balancer.vmm, name });
      site.note(balancer.name, balancerStage(balancer), digest);
    },
    'delete-balancer@1': (given) => {
      const { balancer } = deleteBalancerArgs.parse(given);
      site.forget(balancer.name, balancerStage(balancer));
    },
    'join-service@1': (given) => {
      const args = joinServiceArgs.parse(given);
      const { name, serviceId, balancer } = args;
      site.requireRunning(args);
      if (balancer && site.configured()[balancer.name]?.[balancerStage(balancer)] === undefined)
        throw new Error(`${balancer.name} is not set up.`);
      for (const host of balancer?.hosts ?? []) site.requireRunning({ vmm: balancer?.vmm ?? '', name: host });
      site.note(name, memberStage(serviceId), memberKey(args));
    },
    'leave-service@1': (given) => {
      const { name, serviceId } = leaveServiceArgs.parse(given);
      site.forget(name, memberStage(serviceId));
    },
    'monitor-vm@1': (given) => {
      const args = monitorVmArgs.parse(given);
      site.requireRunning(args);
      site.note(args.name, monitorStage, sha256OfText(args.name));
    },
    'run-hook@1': (given) => site.requireRunning(runHookArgs.parse(given)),
  };
}
