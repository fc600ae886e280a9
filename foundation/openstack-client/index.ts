export { type OpenstackAccount, accountProblems, accountShape } from './account.ts';
export { type Marks, readDescription, writeDescription } from './description.ts';
export { type RefusalWords, heldByOther, invalid, translated } from './errors.ts';
export { externalNetwork, findNetworks, networkCalled } from './networks.ts';
export { type Dated, oldestFirst } from './oldest-first.ts';
export { type OpenstackProject, type ProjectOptions, openProject } from './open-project.ts';
export type { Call, Service, ServiceKind } from './service.ts';
export type { HttpAnswer } from './transport.ts';
