export { innermostCause } from './innermost-cause.ts';
export {
  type ErrorCode,
  PlatformError,
  type PlatformErrorOptions,
  errorCodes,
  httpStatusOf,
  isPlatformError,
  toPlatformError,
} from './platform-error.ts';
