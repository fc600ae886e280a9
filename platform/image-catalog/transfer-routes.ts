import type { Handlers } from '@trencadis/http';
import type { imageApi } from './api.ts';
import type { ImageHandlersParts } from './routes.ts';
import type { ArtifactName } from './transfer.ts';

type TransferRoute = 'showImageUpload' | 'uploadImage' | 'completeImageUpload' | 'downloadImage';

export function transferHandlers<Caller>({
  service: { transfer },
  callerOf,
}: ImageHandlersParts<Caller>): Pick<Handlers<typeof imageApi, Caller>, TransferRoute> {
  return {
    showImageUpload: ({ caller, params }) => transfer.status(callerOf(caller), nameOf(params)),
    uploadImage: ({ caller, params, query: { offset }, body }) =>
      transfer.append(callerOf(caller), nameOf(params), { offset, bytes: body }),
    completeImageUpload: ({ caller, params }) => transfer.complete(callerOf(caller), nameOf(params)),
    downloadImage: ({ caller, params }) => transfer.download(callerOf(caller), nameOf(params)),
  };
}

function nameOf({
  imageId,
  number,
  digest,
}: Pick<ArtifactName, 'number' | 'digest'> & { readonly imageId: ArtifactName['id'] }): ArtifactName {
  return { id: imageId, number, digest };
}
