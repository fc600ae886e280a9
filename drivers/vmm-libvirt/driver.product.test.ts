import { describeVmmDriver } from '@trencadis/vmm/conformance';
import { createLibvirtVmm } from './index.ts';
import { startLibvirt } from './testing/index.ts';

describeVmmDriver('vmm-libvirt', async () => {
  const libvirt = await startLibvirt();
  return {
    // The light guest listens to no power button.
    driver: createLibvirtVmm({ credentials: libvirt.credentials, stopTimeoutMs: 500 }),
    image: libvirt.lightImage,
    providerNetwork: libvirt.providerNetwork,
    leftovers: () => libvirt.leftovers(),
    removeBehind: async (name) => {
      await libvirt.virsh('destroy', name);
      await libvirt.virsh('undefine', name);
    },
    dispose: () => libvirt.stop(),
  };
});
