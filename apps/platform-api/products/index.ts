import type { VmmProduct } from '@trencadis/vmm-sites';
import { ec2 } from './ec2.ts';
import { libvirt } from './libvirt.ts';
import { opennebula } from './opennebula.ts';
import { openstack } from './openstack.ts';
import { simulated } from './simulated.ts';

/** What users and administrators may add by themselves. */
export const products: readonly VmmProduct[] = [libvirt, openstack, ec2, opennebula, simulated];
