export { type AddressPool, freeSubnets, parsePool } from './address-pool.ts';
export { formatAddress, formatMask, macOf, parseAddress, parseMask } from './addresses.ts';
export { hostRoutes, routedRanges } from './host-routes.ts';
export { freeAddresses, gatewayOf, isMachineAddress, machineAddresses } from './machine-addresses.ts';
export {
  type Ipv4Range,
  contains,
  enclosing,
  formatRange,
  freeParts,
  overlap,
  parseRange,
  parseRangeAround,
  rangeOf,
  sizeOf,
  spanning,
} from './ranges.ts';
