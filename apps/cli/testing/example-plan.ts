import type { PlanView } from '@trencadis/infrastructure/client';
import type { ShownWork } from '../step-board.ts';

type Step = PlanView['steps'][number];

export const infrastructureId = 'inf-abcd1234';

/** A plan as the server answers it, with these steps. */
export function examplePlan(steps: readonly Step[], more: Partial<PlanView> = {}): PlanView {
  return {
    id: 'plan-abcdef123456',
    infrastructureId,
    kind: 'deploy',
    steps,
    images: [],
    placements: [],
    quotas: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    createdBy: 'ana',
    ...more,
  };
}

/** As it is shown while it runs. */
export function exampleWork(steps: readonly Step[]): ShownWork {
  return { title: 'deploy plan-abcdef123456', infrastructureId, steps };
}

/** `vm`: without the infrastructure's id. */
export function vmStep(
  verb: string,
  vm: string,
  { after = [] as readonly string[], vmm = 'site', detail = '' } = {},
): Step {
  const name = `${infrastructureId}-${vm}`;
  return {
    id: `${verb}-vm:${name}@${vmm}`,
    kind: `${verb}-vm@1`,
    title: `${verb} VM ${name}${detail}`,
    args: { vmm },
    after,
  };
}

export function shellStep(vm: string, after: readonly string[] = []): Step {
  const name = `${infrastructureId}-${vm}`;
  const id = `await-shell:${name}@site`;
  return { id, kind: 'await-shell@1', title: `wait for SSH on ${name}`, args: { vmm: 'site' }, after };
}

export function configureStep(vm: string, after: readonly string[] = []): Step {
  const name = `${infrastructureId}-${vm}`;
  const args = { vmm: 'site' };
  return {
    id: `configure-vm:${name}:1`,
    kind: 'configure-vm@2',
    title: `configure ${name} with puppet`,
    args,
    after,
  };
}

export function networkStep(network: string): Step {
  const name = `${infrastructureId}-${network}`;
  const title = `create private network ${name}`;
  return {
    id: `create-network:${name}@site`,
    kind: 'create-network@1',
    title,
    args: { vmm: 'site' },
    after: [],
  };
}

/** So many VMs that are made, answer and are configured. */
export function manyVms(count: number): Step[] {
  return Array.from({ length: count }, (_, index) => {
    const vm = `node-${index + 1}`;
    const create = vmStep('create', vm, { detail: ' (1 CPU, 512 MiB)' });
    const shell = shellStep(vm, [create.id]);
    return [create, shell, configureStep(vm, [shell.id])];
  }).flat();
}
