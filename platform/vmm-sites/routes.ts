import { PlatformError } from '@trencadis/errors';
import type { Handlers } from '@trencadis/http';
import type { CloudView, cloudApi } from './api.ts';
import { type SiteManager, type VmmSite, platformOwner } from './model.ts';
import type { VmmSites } from './sites.ts';

export function cloudHandlers(sites: VmmSites): Handlers<typeof cloudApi, SiteManager> {
  return {
    listClouds: async ({ caller }) => ({ clouds: (await sites.list(caller)).map(viewOf) }),
    putCloud: async ({ params, body: { scope, dryRun, ...body }, caller, requestId }) => {
      const owner = scope === 'platform' ? platformOwner : caller.owner;
      requireChange(caller, { owner, key: params.name });
      const order = { ...body, ...params };
      const { change, site } = await sites.judge(owner, order);
      const isDone = dryRun || change === 'unchanged';
      const put = isDone ? site : await sites.put({ owner: caller.owner, requestId }, owner, order);
      return { ...viewOf(put), change };
    },
    showCloud: async ({ caller, params }) => {
      const site = await sites.get(caller, params.cloud);
      return { cloud: viewOf(site), capabilities: await sites.capabilities(site.key) };
    },
    removeCloud: async ({ params, caller, requestId }) => {
      const site = await sites.get(caller, params.cloud);
      requireChange(caller, site);
      await sites.remove({ owner: caller.owner, requestId }, site);
      return {};
    },
    testCloud: async ({ params, caller, signal }) => {
      const { key } = await sites.get(caller, params.cloud);
      return { checks: await sites.test(key, signal) };
    },
    cloudQuota: async ({ params, caller, signal }) => {
      const { key } = await sites.get(caller, params.cloud);
      return sites.quota(key, signal);
    },
  };
}

/** Using a cloud is not owning it. */
function requireChange({ owner, isAdmin }: SiteManager, site: Pick<VmmSite, 'owner' | 'key'>): void {
  if (site.owner === owner || (site.owner === platformOwner && isAdmin)) return;
  const whose = site.owner === platformOwner ? 'an administrator of the platform' : site.owner;
  throw new PlatformError('forbidden', `Only ${whose} may change cloud '${site.key}'.`, {
    subject: site.key,
  });
}

function viewOf({ createdAt, ...site }: VmmSite): CloudView {
  return { ...site, createdAt: createdAt.toISOString() };
}
