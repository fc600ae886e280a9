import { authorityDays, issueServerCertificate } from '@trencadis/certificates';
import { sha256OfText } from '@trencadis/ids';
import { installExporter } from '@trencadis/monitoring';
import type { StepKind } from '@trencadis/saga';
import { connectToVm } from '../connect-to-vm.ts';
import { exporterPassword } from '../services/exporter-password.ts';
import { addressOn } from '../services/open-balancer.ts';
import { monitorStage } from '../services/service-stages.ts';
import { type MonitorVmArgs, monitorVmArgs } from '../services/service-step-arguments.ts';
import { type StepWorld, getVm, vmmOf } from '../step-world.ts';

/** Sets the exporter up that tells a VM's load (AS-01). Where VMs have no shell, their load is not measured. */
export const monitorVm: StepKind<StepWorld, MonitorVmArgs> = {
  kind: 'monitor-vm@1',
  args: monitorVmArgs,
  run: async (world, args) => {
    const { infrastructureId, vmm, name } = args;
    if ((await vmmOf(world, vmm)).capabilities.shell) {
      const vm = await getVm(world, args, world.signal);
      const own = vm.addresses.map((each) => each.address);
      // One of its own, as it cannot listen on an address that is translated to one of these.
      const address = own.find((each) => each === vm.ssh?.host) ?? own[0] ?? addressOn(vm, []);
      const issued = await issueServerCertificate({
        authority: await world.vault.authority(infrastructureId),
        dnsNames: [name],
        ipAddresses: [...new Set([address, ...own])],
        // Nobody but the platform looks at it, and it goes with its VM.
        days: authorityDays,
        clock: world.clock,
      });
      const password = await exporterPassword(world.vault, infrastructureId);
      const shell = await connectToVm(world, args, world.signal);
      try {
        await installExporter(shell, { vm: name, address, ...issued, password }, world.signal);
      } finally {
        await shell.close();
      }
    } else world.progress(`The VMs of '${vmm}' have no shell: the load of ${name} is not measured.`);
    await world.store.setConfigured(infrastructureId, { name, stage: monitorStage, key: sha256OfText(name) });
  },
  undo: { because: 'An exporter lives and goes with its VM, and harms nobody on one that stays.' },
};
