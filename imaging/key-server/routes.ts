import { type VerifyToken, requireOperation } from '@trencadis/access';
import { type Handlers, type HttpServer, registerRoutes } from '@trencadis/http';
import type { Caller } from '@trencadis/access';
import { keyServerApi } from './api.ts';
import type { KeyOperation, ShareRecord } from './model.ts';
import type { Asker, KeyService } from './service.ts';
import type { KeyStore } from './store.ts';

/** The contract's endpoints on top of the service; tokens prove the callers. */
export function registerKeyServerRoutes(
  server: HttpServer,
  parts: { readonly service: KeyService; readonly store: KeyStore; readonly verifyToken: VerifyToken },
): void {
  registerRoutes(server, keyServerApi, handlersOf(parts.service, parts.store), {
    authenticate: async (bearerToken, { right, requestId }) => {
      const caller = await parts.verifyToken(bearerToken);
      await requireAudited({ caller, requestId }, right as KeyOperation, parts.service);
      return caller;
    },
  });
}

async function requireAudited(asker: Asker, operation: KeyOperation, service: KeyService): Promise<void> {
  try {
    requireOperation(asker.caller, operation);
  } catch (error) {
    await service.auditDenied(asker, operation);
    throw error;
  }
}

function handlersOf(service: KeyService, store: KeyStore): Handlers<typeof keyServerApi, Caller> {
  return {
    storeShare: async ({ params: { eouid }, body, ...asker }) =>
      answerOf(await service.store(asker, eouid, { ...body, share: Buffer.from(body.share, 'base64') })),
    retrieveShare: async ({ params: { eouid }, query: { ontology }, ...asker }) => {
      const { shareId, share, mac, version } = await service.retrieve(asker, eouid, ontology);
      return { eouid, shareId, share: share.toString('base64'), mac, version };
    },
    updateShare: async ({ params: { eouid }, body, ...asker }) =>
      answerOf(await service.update(asker, eouid, { ...body, share: Buffer.from(body.share, 'base64') })),
    signBinding: async ({ body: { eouid, ontologies }, ...asker }) => ({
      jws: await service.sign(asker, eouid, ontologies),
    }),
    getSigningKeys: async () => ({
      keys: (await service.signer.publicKeys()).keys.map((key) => ({ ...key })),
    }),
    checkLive: async () => ({ status: 'ok' }),
    checkReady: async () => {
      await store.checkReady();
      return { status: 'ok' };
    },
  };
}

function answerOf({ eouid, shareId, version, ontologies, storedAt }: ShareRecord) {
  return { eouid, shareId, version, ontologies: [...ontologies], storedAt: storedAt.toISOString() };
}
