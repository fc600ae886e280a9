import type { Contract } from '@trencadis/http';
import { z } from 'zod';
import { date, id, infrastructureSchema } from './api-schemas.ts';
import { bundleSchema } from './export-infrastructure.ts';

const read = { right: 'infrastructure.read' };
const change = { right: 'infrastructure.change' };
/** Members and secrets of thousands of VMs. */
const bodyLimitBytes = 16 * 1024 * 1024;
const passphrase = z.string().min(12, 'a passphrase has at least 12 characters');

/** What outlives an infrastructure, or leaves this platform. */
export const transferRoutes = {
  exportInfrastructure: {
    method: 'POST',
    path: '/api/infrastructures/{infrastructureId}/export',
    summary: 'All that another platform needs to go on with it, its secrets sealed under a passphrase.',
    params: z.object({ infrastructureId: id('InfrastructureId') }),
    body: z.object({ passphrase }),
    response: bundleSchema,
    access: change,
  },
  importInfrastructure: {
    method: 'POST',
    path: '/api/infrastructures/import',
    summary: 'Take up an infrastructure from another platform, which must not act on it any more.',
    body: z.object({ bundle: bundleSchema, passphrase: z.string() }),
    bodyLimitBytes,
    response: infrastructureSchema,
    status: 201,
    access: change,
  },
  listDisks: {
    method: 'GET',
    path: '/api/disks',
    summary: 'The caller’s disks that outlive infrastructures.',
    response: z.object({
      disks: z
        .array(
          z.object({
            vmm: z.string(),
            name: z.string(),
            sizeGiB: z.number(),
            owner: z.string(),
            infrastructureName: z.string(),
            createdAt: date,
            status: z.enum(['there', 'gone', 'unknown']),
            attachedTo: z.string().exactOptional(),
          }),
        )
        .readonly(),
    }),
    access: read,
  },
  removeDisk: {
    method: 'DELETE',
    path: '/api/disks/{vmm}/{diskName}',
    summary: 'Delete a disk that outlives infrastructures, with all its data. Attached to a VM: conflict.',
    params: z.object({ vmm: z.string().min(1), diskName: id('DiskName') }),
    response: z.object({ removed: z.string() }),
    access: change,
  },
} as const satisfies Contract;
