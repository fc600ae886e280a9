export { type AuthLine, type AuthType, authTypes, parseAuthLines } from './auth-lines.ts';
export {
  type CloudOfLine,
  type CloudTable,
  type UndrivenLine,
  cloudName,
  cloudOfLine,
  isOfCloud,
  namedLines,
} from './cloud-of-line.ts';
export { imClouds } from './im-clouds.ts';
