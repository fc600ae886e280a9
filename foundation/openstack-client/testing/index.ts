export {
  type Script,
  type ScriptOptions,
  type ScriptedAnswer,
  type ScriptedCloud,
  type ScriptedRequest,
  startScriptedCloud,
} from './scripted-cloud.ts';
export type { Bed } from './prepare-root.ts';
export { type RunningBed, startBed } from './start-bed.ts';
