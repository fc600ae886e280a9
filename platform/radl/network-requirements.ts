import { textOf } from './features.ts';
import type { RadlNetwork } from './model.ts';
import { isSubnetPattern } from './ipv4.ts';
import { type OutPorts, parseOutports } from './outports.ts';

/** What its `outports` opens; of a private network too, where nothing comes of it. */
export function outportsOf(network: RadlNetwork): readonly OutPorts[] {
  const text = textOf(network, 'outports');
  return text === undefined ? [] : parseOutports(text);
}

/** `cidr`: the range asked for, `a.b.c.d/len`, with `*` for a number that the platform chooses. One that is none is not meant. */
export function subnetPatternOf(network: RadlNetwork): string | undefined {
  const text = textOf(network, 'cidr');
  return text !== undefined && isSubnetPattern(text) ? text : undefined;
}

/** The provider's own network that is to be used. With `create = 'yes'` one is made. */
export function providerNetworkOf(network: RadlNetwork): string | undefined {
  return textOf(network, 'create') === 'yes' ? undefined : textOf(network, 'provider_id');
}
