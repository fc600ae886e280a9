import { byteStream, defineRoutes } from '@trencadis/http';
import { type Sha256, idPatterns } from '@trencadis/ids';
import { z } from 'zod';
import { componentSchema, dependencySchema, licenceSchema, nameSchema } from './component-schema.ts';
import { componentTypes } from './component-type.ts';

const digest = z.string().regex(idPatterns.Sha256, 'must be a SHA-256 in 64 lower-case hexadecimal digits');

export const componentView = z.object({ ...componentSchema.shape, digest });
export type ComponentView = z.output<typeof componentView>;

const named = z.object({ fileName: nameSchema, version: nameSchema });
const component = z.object({ component: componentView });

const deliveryOrder = z.object({
  /** Where the VM fetches it, with `Authorization: Bearer <grant>`. */
  url: z.url(),
  grant: z.string(),
  lifetimeSeconds: z.int(),
  /** The only authority whose certificate the VM accepts there. */
  authorityPem: z.string(),
  /** What the VM verifies. */
  digest,
  sizeBytes: z.int(),
});
export type DeliveryOrder = z.output<typeof deliveryOrder>;

/** `jar_api.jar@>=1.0 <2.0,database.sql`: a file, and after `@` its range; any version without. */
const dependencyList = z
  .string()
  .transform((text) =>
    text.split(',').map((part) => {
      const [fileName = '', range = '*'] = part.trim().split('@', 2);
      return { fileName, range };
    }),
  )
  .pipe(z.array(dependencySchema));

export const componentApi = defineRoutes({
  listComponents: {
    method: 'GET',
    path: '/api/components',
    summary: 'All components, by file name, versions oldest first.',
    query: z.object({ fileName: nameSchema.exactOptional() }),
    response: z.object({ components: z.array(componentView) }),
    access: { right: 'component.read' },
  },
  showComponent: {
    method: 'GET',
    path: '/api/components/{fileName}/{version}',
    summary: 'One component, and all that it needs in the versions that would be taken now.',
    params: named,
    response: z.object({
      component: componentView,
      /** Each after what it depends on. */
      needs: z.array(z.object({ fileName: nameSchema, version: nameSchema, digest })),
      /** Why what it needs cannot be had. */
      problem: z.string().optional(),
    }),
    access: { right: 'component.read' },
  },
  addComponent: {
    method: 'PUT',
    path: '/api/components/{fileName}/{version}',
    summary:
      'Add a file, whose bytes are the body. The same again changes nothing; something else is refused.',
    params: named,
    query: z.object({
      /** SHA-256 of the body. */
      digest,
      description: z.string().default(''),
      type: z.enum(componentTypes).exactOptional(),
      licence: licenceSchema.exactOptional(),
      dependencies: dependencyList.exactOptional(),
      /** The text of a `.minisig` file. */
      signature: z.string().max(2048).exactOptional(),
    }),
    upload: true,
    response: component,
    status: 201,
    access: { right: 'component.change' },
  },
  fetchComponent: {
    method: 'GET',
    path: '/api/components/{fileName}/{version}/content',
    summary: 'The file; the receiver verifies its digest.',
    params: named,
    download: true,
    response: byteStream,
    access: { right: 'component.read' },
  },
  verifyComponent: {
    method: 'POST',
    path: '/api/components/{fileName}/{version}/verify',
    summary: 'Read all of the stored content again and judge it and its signature.',
    params: named,
    response: z.object({
      content: z.enum(['intact', 'damaged', 'missing']),
      signature: z.enum(['none', 'valid', 'invalid', 'untrusted']),
    }),
    access: { right: 'component.read' },
  },
  deliverComponent: {
    method: 'POST',
    path: '/api/components/{fileName}/{version}/deliveries',
    summary: 'A grant with which one VM may fetch this file for a few minutes.',
    params: named,
    body: z.strictObject({
      vmName: z.string().regex(idPatterns.VmName),
    }),
    response: deliveryOrder,
    status: 201,
    access: { right: 'component.deliver' },
  },
  removeComponent: {
    method: 'DELETE',
    path: '/api/components/{fileName}/{version}',
    summary: 'Remove a component that nothing needs any more.',
    params: named,
    response: component,
    access: { right: 'component.change' },
  },
});

/** Of the file of a grant, on the listener of machines. */
export function deliveryPath(sha256: Sha256): string {
  return `/components/${sha256}`;
}

/** What machines see, on a listener of its own; a grant is the only access. */
export const deliveryApi = defineRoutes({
  fetchGranted: {
    method: 'GET',
    path: '/components/{digest}',
    summary: 'The file that the grant is for.',
    params: z.object({ digest }),
    download: true,
    response: byteStream,
    access: { right: 'component.fetch' },
  },
});
