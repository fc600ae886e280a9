import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { stateDirectory } from '@trencadis/config/state-directory';

// Before anything large is loaded: a start on the same folder finds all of it compiled.
enableCompileCache(join(stateDirectory(), 'compile-cache'));
const { runPlatform } = await import('./run-platform.ts');
const { readSettings } = await import('./settings.ts');
const { createLog } = await import('@trencadis/log');

const settings = readSettings();
// Now, as a process that is killed keeps nothing.
flushCompileCache();
await runPlatform(settings, createLog({ name: 'platform-api', level: settings.logLevel }));
