import { join } from 'node:path';
import { checkArrows, printArrows } from './arrows/check-arrows.ts';

/** `node scripts/check-arrows.ts [ROOT]`: every import obeys docs/architecture.md, or the exit status is 1. */
const report = checkArrows(process.argv[2] ?? join(import.meta.dirname, '..'));
console.log(printArrows(report));
process.exitCode = report.broken.length === 0 ? 0 : 1;
