import { type Client, type ClientOptions, createClient } from '@trencadis/http';
import { componentApi } from './api.ts';

export type { ComponentView } from './api.ts';
export { componentTypes } from './component-type.ts';
export type { ComponentType } from './model.ts';

export type ComponentClient = Client<typeof componentApi>;

/** The typed client of the component repository's API. */
export function createComponentClient(options: ClientOptions): ComponentClient {
  return createClient(componentApi, options);
}
