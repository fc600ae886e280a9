import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vmmCapabilitiesPage } from './vmm-capabilities.ts';

/** Part of `npm run generate`. */
await writeFile(join(import.meta.dirname, '../docs/vm-managers.md'), vmmCapabilitiesPage());
