export { checkRadl } from './check.ts';
export { indicesOf, policyPrefixes } from './check-services.ts';
export { type Comments, commentsOf } from './comments.ts';
export {
  type AppliedConfigure,
  type DeployedSystem,
  configureOf,
  deployedSystems,
} from './deployed-systems.ts';
export { detectDialect } from './dialect.ts';
export { type DiagnosticCode, diagnosticTitles } from './diagnostic-codes.ts';
export { hasErrors } from './diagnostics.ts';
export type { FeatureKey, Owner } from './feature-key.ts';
export { featureKeys, findFeatureKey } from './feature-keys.ts';
export { type FeatureOwner, intervalOf, isPublicNetwork, numberOf, textOf, textsOf } from './features.ts';
export { type FillOptions, type FilledInputs, type InputValues, fillInputs } from './fill-inputs.ts';
export { formatDiagnostic } from './format-diagnostic.ts';
export {
  type AcceptedInput,
  type InputParameter,
  type InputType,
  type InputValue,
  acceptInput,
  inputsOf,
} from './inputs.ts';
export { intersect, isEmptyInterval, printInterval, valueOfInterval } from './intervals.ts';
export { isInSubnet, subnetLike } from './ipv4.ts';
export type * from './model.ts';
export { outportsOf, providerNetworkOf, subnetPatternOf } from './network-requirements.ts';
export type { OutPorts } from './outports.ts';
export { type RadlOptions, type RadlReading, parseRadl } from './parse.ts';
export { isRadlJson, parseRadlJson, readRadlJson } from './parse-json.ts';
export type { JsonObject, JsonValue } from './json-features.ts';
export { type JsonOptions, printRadlJson } from './print-json.ts';
export { printRadl } from './print.ts';
export { type ReadOptions, readRadl } from './read.ts';
export { isYamlRecipe } from './recipe-yaml.ts';
export { parseDatapoints, parsePercent, parseRateLimit, parseStepAdjustment } from './service-values.ts';
export {
  type ApplicationRequest,
  type DataDisk,
  type SoftGroup,
  type SystemInterface,
  applicationsOf,
  disksOf,
  interfacesOf,
  isSystemRepaired,
  softGroupsOf,
} from './system-requirements.ts';
export { translateDialect } from './translate-dialect.ts';
