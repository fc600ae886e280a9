import { z } from 'zod';
import { describeApi } from './conformance.ts';
import { defineRoutes } from './index.ts';
import { libraryContract } from './testing/library.ts';
import { notebookContract } from './testing/notebook.ts';

describeApi('the library', libraryContract);
describeApi('the notebook', notebookContract);

const route = { method: 'POST', summary: 'Anything', access: 'public' } as const;
const tree = z.object({
  name: z.literal('root'),
  get children() {
    return z.array(tree);
  },
});
/** Schemas that repeat themselves, dates, unions, nothing at all. */
const shapes = defineRoutes({
  json: { ...route, path: '/json', body: z.json(), response: z.json() },
  tree: { ...route, path: '/tree', body: tree, response: tree },
  nothing: { ...route, path: '/nothing', response: z.undefined(), status: 204 },
  date: { ...route, path: '/date', response: z.object({ at: z.date() }) },
  either: {
    ...route,
    path: '/either',
    body: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), description: z.string() }),
      z.object({ kind: z.literal('b'), title: z.string().exactOptional() }),
    ]),
    response: z.string().nullable(),
  },
});
describeApi('the shapes', shapes);
