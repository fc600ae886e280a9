import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** `node scripts/run-benches.ts`: every file in bench/, each in a process of its own so that none warms another. */
const folder = join(import.meta.dirname, '..', 'bench');
const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
for (const file of files) {
  process.stdout.write(`${file}\n`);
  await execa(process.execPath, [join(folder, file)], { stdio: 'inherit' });
}
