import type { ShellEndpoint } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import {
  type DeployedSystem,
  type Diagnostic,
  type RadlDocument,
  type RadlNetwork,
  interfacesOf,
  textOf,
  textsOf,
} from '@trencadis/radl';
import type { Infrastructure } from './model.ts';
import { resolutionError } from './resolution-problems.ts';
import { readTarget } from './read-target.ts';

const proxyHost = /^([a-z_][a-z0-9_-]*)@([A-Za-z0-9.-]+)(?::(\d{1,5}))?$/;
const sshPort = 22;

/** Which of these networks, ids of the document, is entered through a host of its own: the first. */
export function bastionNetworkOf(
  { networks }: RadlDocument,
  networkIds: readonly string[],
): string | undefined {
  return networkIds.find((id) => networks.some((each) => each.id === id && hasBastion(each)));
}

const hasBastion = (network: RadlNetwork): boolean => textOf(network, 'proxy_host') !== undefined;

/** What is wrong with the hosts through which the networks of deployed systems are entered. */
export function bastionProblems(
  document: RadlDocument,
  deployed: readonly Pick<DeployedSystem, 'system'>[],
): Diagnostic[] {
  const inUse = new Set(
    deployed.flatMap(({ system }) => interfacesOf(system).map(({ networkId }) => networkId)),
  );
  return document.networks.flatMap((network) => {
    const problem = inUse.has(network.id) && hasBastion(network) ? problemOf(network) : undefined;
    if (problem === undefined) return [];
    const message = `Network ${network.id}: ${problem.message}`;
    return [resolutionError('unusableProxy', network.span, { message, hint: problem.hint })];
  });
}

function problemOf(network: RadlNetwork): { readonly message: string; readonly hint: string } | undefined {
  const host = textOf(network, 'proxy_host') ?? '';
  if (!proxyHost.test(host))
    return {
      message: `proxy_host '${withoutPassword(host)}' is not USER@HOST or USER@HOST:PORT.`,
      hint: 'Log in there with a key: passwords are not taken.',
    };
  if (!textOf(network, 'proxy_key'))
    return { message: 'proxy_host has no proxy_key.', hint: 'Give the private key that it lets in.' };
  if (textsOf(network, 'proxy_host_key').length === 0)
    return {
      message: 'proxy_host has no proxy_host_key, so it cannot be told from another machine.',
      hint: "Give its public host key: proxy_host_key = 'ssh-ed25519 AAAA...'.",
    };
  return undefined;
}

const withoutPassword = (host: string): string => host.replace(/:[^@]*@/, ':...@');

/** The host through which SSH enters a network of an infrastructure's document. The answer holds its private key. */
export function bastionOf(infrastructure: Infrastructure, networkId: string): ShellEndpoint {
  const { document } = readTarget(infrastructure);
  const network = document.networks.find(({ id }) => id === networkId);
  const [, user, host, port] = proxyHost.exec((network && textOf(network, 'proxy_host')) ?? '') ?? [];
  if (!network || user === undefined || host === undefined) {
    const message = `Network ${networkId} of '${infrastructure.name}' has no proxy_host any more: plan again.`;
    throw new PlatformError('conflict', message, { subject: networkId });
  }
  return {
    host,
    port: port === undefined ? sshPort : Number(port),
    user,
    privateKey: textOf(network, 'proxy_key') ?? '',
    hostKeys: textsOf(network, 'proxy_host_key'),
  };
}

/** As {@link bastionNetworkOf}, of a system of an infrastructure's document; only a document that names a host is read. */
export function bastionNetworkOfSystem(infrastructure: Infrastructure, systemId: string): string | undefined {
  if (!infrastructure.radl.includes('proxy_host')) return undefined;
  const { document } = readTarget(infrastructure);
  const system = document.systems.find(({ id }) => id === systemId);
  return (
    system &&
    bastionNetworkOf(
      document,
      interfacesOf(system).map(({ networkId }) => networkId),
    )
  );
}
