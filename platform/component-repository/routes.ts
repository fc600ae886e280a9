import { PlatformError } from '@trencadis/errors';
import type { Download, Handlers } from '@trencadis/http';
import { brandId } from '@trencadis/ids';
import type { Log } from '@trencadis/log';
import {
  type ComponentView,
  type componentApi,
  componentView,
  type deliveryApi,
  deliveryPath,
} from './api.ts';
import type { DeliveryGrant, DeliveryGrants } from './delivery-grants.ts';
import type { Component, ComponentRepository } from './model.ts';
import { nameOf, resolveDependencies } from './resolve-dependencies.ts';

/** Where VMs fetch, and who says that they may. */
export interface DeliveryParts {
  readonly grants: DeliveryGrants;
  /** Of the listener that VMs reach: `https://10.0.0.1:8444`. */
  readonly baseUrl: string;
  readonly authorityPem: string;
}

export interface ComponentHandlersParts {
  readonly repository: ComponentRepository;
  /** Without it nothing is delivered over HTTPS. */
  readonly delivery?: DeliveryParts;
}

type Named = Pick<Component, 'fileName' | 'version'>;

export function componentHandlers(parts: ComponentHandlersParts): Handlers<typeof componentApi, unknown> {
  const { repository } = parts;
  const get = (named: Named) => getComponent(repository, named);
  return {
    listComponents: async ({ query: { fileName } }) => {
      const all = await repository.list();
      const components = all.filter((each) => fileName === undefined || each.fileName === fileName);
      return { components: components.map(viewOf) };
    },
    showComponent: async ({ params }) => await describe(repository, await get(params)),
    addComponent: async ({ params, query: { digest, ...said }, body }) => {
      const file = { ...params, ...said, digest: brandId('Sha256', digest), content: body };
      return { component: viewOf(await repository.add(file)) };
    },
    fetchComponent: async ({ params }) => downloadOf(repository, await get(params)),
    verifyComponent: async ({ params }) => await repository.verify(await get(params)),
    deliverComponent: async ({ params, body }) =>
      await order(parts, await get(params), brandId('VmName', body.vmName)),
    removeComponent: async ({ params }) => {
      const component = await get(params);
      await repository.remove(component);
      await repository.collectGarbage();
      return { component: viewOf(component) };
    },
  };
}

/** What is public of a component, which is all. */
function viewOf(component: Component): ComponentView {
  return componentView.parse(component);
}

/** The caller is what its grant says. */
export function deliveryHandlers(parts: {
  readonly repository: ComponentRepository;
  readonly log: Log;
}): Handlers<typeof deliveryApi, DeliveryGrant> {
  const { repository, log } = parts;
  return {
    fetchGranted: async ({ params: { digest }, caller, requestId }) => {
      if (digest !== caller.digest) {
        throw new PlatformError('forbidden', 'Your grant is for another file.', { subject: digest });
      }
      const component = (await repository.list()).find((each) => each.digest === digest);
      if (component === undefined) {
        throw new PlatformError('not-found', 'This file is not in the repository any more.', {
          subject: digest,
        });
      }
      log.info({ vmName: caller.vmName, component: nameOf(component), digest, requestId }, 'a VM fetches');
      return downloadOf(repository, component);
    },
  };
}

async function getComponent(repository: ComponentRepository, named: Named): Promise<Component> {
  const component = await repository.find(named.fileName, named.version);
  if (component !== undefined) return component;
  const message = `The component repository holds no ${nameOf(named)}.`;
  throw new PlatformError('not-found', message, { subject: named.fileName });
}

async function describe(repository: ComponentRepository, component: Component) {
  const resolution = resolveDependencies(component, await repository.list());
  if (resolution.kind === 'unresolved') {
    return { component: viewOf(component), needs: [], problem: resolution.problem };
  }
  const needs = resolution.components.slice(0, -1);
  return {
    component: viewOf(component),
    needs: needs.map(({ fileName, version, digest }) => ({ fileName, version, digest })),
  };
}

function downloadOf(repository: ComponentRepository, component: Component): Download {
  return {
    sizeBytes: component.sizeBytes,
    etag: component.digest,
    open: (range) => repository.open(component, range),
  };
}

async function order(
  { delivery }: ComponentHandlersParts,
  component: Component,
  vmName: DeliveryGrant['vmName'],
) {
  if (delivery === undefined) {
    const message =
      'This platform delivers components over SSH only: take DELIVERY_HOST=off away to let machines fetch them over HTTPS.';
    throw new PlatformError('unsupported', message);
  }
  const { digest, sizeBytes } = component;
  const { token, lifetimeSeconds } = await delivery.grants.issue({ vmName, digest });
  const url = new URL(deliveryPath(digest), delivery.baseUrl).href;
  return {
    url,
    grant: token,
    lifetimeSeconds,
    authorityPem: delivery.authorityPem,
    digest,
    sizeBytes,
  };
}
