import { imageApi } from '@trencadis/image-catalog';
import { callersApi } from './known-callers.ts';

/** Routes that are not guarded as all others are, each with its reason. A new one is a decision to review. */

/** They answer without a token. */
export const withoutToken: Readonly<Record<string, string>> = {
  'GET /openapi.json': 'The description of the API is the same for everybody and names nobody’s things.',
};

/** Parameters that name a thing which somebody owns. */
export const ofAnOwner: readonly string[] = ['infrastructureId', 'planId', 'diskName'];

/** They need more than the right to change. */
export const ownerOnly: Readonly<Record<string, string>> = {
  changeTerms: 'It gives the infrastructure away, or says who else may change it.',
  exportInfrastructure: 'It answers all secrets, under a passphrase that the caller chooses.',
};

/** They are answered otherwise than with the status of their contract, as what they need is not there. */
export const otherOutcomes: Readonly<Record<string, { readonly status: number; readonly because: string }>> =
  {
    cancel: { status: 409, because: 'The plan has ended.' },
    resume: { status: 409, because: 'The plan is not stuck.' },
  };

/** They name no thing that somebody owns, so another owner's cannot be asked for. */
export const withoutOwner: Readonly<Record<string, string>> = {
  plan: 'Names an infrastructure among the caller’s own; others with that name are never found.',
  list: 'Answers what the caller may read; tried with each of them.',
  listAllDeployedServices: 'Of the infrastructures that the caller may read; tried with each of them.',
  listDisks: 'Answers the caller’s own only; tried with each of them.',
  importInfrastructure:
    'Makes one of the caller’s own; one that was ever known here is never found, and of VM managers only the caller’s; tried in importing.test.ts.',
  ...Object.fromEntries(
    Object.keys(imageApi).map((name) => [
      name,
      'Owners and groups of images are tried in platform/image-catalog/routes.test.ts.',
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(callersApi).map((name) => [
      name,
      'Tried with several callers, owners and groups in callers.test.ts.',
    ]),
  ),
  listComponents: 'The component repository is shared by all who may read components.',
  showComponent: 'Shared: a component has no owner.',
  fetchComponent: 'Shared: a component has no owner.',
  verifyComponent: 'Shared: a component has no owner; reading it again changes nothing.',
  addComponent: 'Shared; only who may change components may add one, and none is ever replaced.',
  removeComponent: 'Shared; only who may change components may remove one.',
  listServices: 'Service descriptions are shared by all who may read services.',
  getService: 'Shared: a service description has no owner.',
  renderService: 'Shared: a service description has no owner; rendering it changes nothing.',
  validateService: 'Judges what the caller sent, and keeps nothing of it.',
  registerService: 'Shared; only who may change services may register one, and no version is ever replaced.',
  removeServiceVersion: 'Shared; only who may change services may remove a version.',
  importServices: 'Shared; only who may change services may take up the platform’s own.',
  deliverComponent: 'Shared; only who may deliver components may let a machine fetch one.',
};
