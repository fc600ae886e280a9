export { type MinisignSigner, createMinisignSigner } from './minisign-signer.ts';
export { exampleManifest, packGar } from './pack-gar.ts';
