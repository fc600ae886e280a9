import type { Configurator } from '@trencadis/contextualization';
import { newInfrastructureId, sha256OfJson, sha256OfText } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import type { ObservedInfrastructure } from './model.ts';
import { planDeploy } from './plan.ts';
import { nothingObserved } from './testing/arbitrary-infrastructure.ts';
import { exampleVmms, keyServerOffers } from './testing/key-server-offers.ts';
import { desiredOf, problemsOf } from './testing/resolve-attempt.ts';
import { simulatePlan } from './testing/simulate-plan.ts';

const cloudInit: Pick<Configurator, 'name' | 'inspect'> = {
  name: 'cloud-init',
  inspect: () => ({ problems: [], componentFiles: [], databases: [], usesPeers: false }),
};
const configurators = new Map([...keyServerOffers.configurators, ['cloud-init', cloudInit]]);

/** Two VMs of a system with those recipes. */
function documentWith(recipes: readonly string[]): string {
  const configures = recipes.map((text, index) => `configure c${index} (\n@begin\n${text}\n@end\n)\n`);
  const items = recipes.map((_, index) => `system s configure c${index} with cloud_init`);
  return `
network private ()
system s (disk.0.os.name = 'linux' and net_interface.0.connection = 'private')
${configures.join('')}
contextualize (
${items.join('\n')}
)
deploy s 2
`;
}

const infrastructure = { id: newInfrastructureId() };
const attempt = (radl: string) => ({ radl, offers: { configurators }, infrastructure });
const plan = (radl: string, observed: ObservedInfrastructure = nothingObserved) =>
  planDeploy(desiredOf(attempt(radl)), observed, { hash: sha256OfJson });

describe('cloud-init recipes of a document', () => {
  it('are the user data of the VMs of the system, several as one', () => {
    const one = desiredOf(attempt(documentWith(['runcmd: [id]'])));
    const text = '#cloud-config\nruncmd: [id]';
    expect(one.vms.map(({ spec }) => spec.userData?.trim())).toEqual([text, text]);
    const { vms } = desiredOf(attempt(documentWith(['runcmd: [id]', '#!/bin/sh\nid'])));
    const { userData = '' } = vms[0]!.spec;
    expect(userData).toMatch(/multipart\/mixed[^]*runcmd: \[id\][^]*#!\/bin\/sh/);
    expect(vms[0]).toMatchObject({ userDataDigest: sha256OfText(userData) });
    expect(vms[0]!.configurations.map(({ recipe }) => recipe)).toEqual([{ kind: 'text', text: userData }]);
  });

  it('that change make their VMs anew; those that stay the same, or leave, change nothing', () => {
    const radl = documentWith(['runcmd: [id]']);
    const deployed = simulatePlan(plan(radl), nothingObserved, { desired: desiredOf(attempt(radl)) });
    const again = (next: string) => plan(next, deployed).map(({ kind }) => kind);
    expect(again(radl)).toEqual([]);
    expect(again(documentWith(['runcmd: [ls]']))).toEqual(
      expect.arrayContaining(['delete-vm@1', 'create-vm@1', 'await-shell@1', 'configure-vm@2']),
    );
    expect(again(documentWith([]))).toEqual([]);
  });

  it('are not put where VMs are given no user data', () => {
    const [memory, other] = exampleVmms.map((vmm) => ({ ...vmm, takesUserData: false }));
    const radl = documentWith(['runcmd: [id]']);
    const elsewhere = { configurators, vmms: [memory!, exampleVmms[1]!] };
    expect(desiredOf({ radl, offers: elsewhere }).vms.map(({ vmm }) => vmm)).toEqual(['other', 'other']);
    expect(problemsOf({ radl, offers: { configurators, vmms: [memory!, other!] } })).toMatchObject([
      { code: 'RADL401', message: expect.stringMatching(/'memory' gives its VMs no user data/) as string },
    ]);
  });
});
