export {
  type Script,
  type ScriptOptions,
  type ScriptedAnswer,
  type ScriptedCloud,
  type ScriptedRequest,
  startScriptedCloud,
} from './scripted-cloud.ts';
