import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { radlReference } from './radl-reference.ts';

/** `npm run generate`: writes the pages that are made from the code. */
await writeFile(join(import.meta.dirname, '../docs/radl-reference.md'), radlReference());
