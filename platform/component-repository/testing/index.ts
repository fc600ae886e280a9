export { exampleManifest, packGar } from './pack-gar.ts';
