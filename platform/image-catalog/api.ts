import { defineRoutes } from '@trencadis/http';
import { z } from 'zod';

const imageSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  operatingSystem: z.object({ name: z.string(), flavour: z.string(), version: z.string() }),
  applications: z.array(z.object({ name: z.string(), version: z.string().optional() })),
  /** VM managers that can boot it. */
  vmms: z.array(z.string()),
});
export type ImageView = z.output<typeof imageSchema>;

const images = z.object({ images: z.array(imageSchema) });

export const imageApi = defineRoutes({
  listImages: {
    method: 'GET',
    path: '/api/images',
    summary: 'The images of the catalog, by id.',
    response: images,
    access: { right: 'image.read' },
  },
  importImages: {
    method: 'POST',
    path: '/api/images/import',
    summary: 'Take up the images that were built on this host since; answers all of the catalog.',
    response: images,
    access: { right: 'image.change' },
  },
});
