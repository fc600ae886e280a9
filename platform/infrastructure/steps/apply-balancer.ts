import type { BalancerDriver, BalancerSpec, Certificate } from '@trencadis/availability';
import { issueServerCertificate } from '@trencadis/certificates';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import type { StepContext, StepKind } from '@trencadis/saga';
import { certificateDays } from '../certificate-life.ts';
import { balancerLacks, fitBalancer } from '../services/fit-balancer.ts';
import { addReplica, addressOn, outsideAddress, withBalancer } from '../services/open-balancer.ts';
import { balancerStage, memberKey, memberStage, unsettled } from '../services/service-stages.ts';
import { type ApplyBalancerArgs, applyBalancerArgs } from '../services/service-step-arguments.ts';
import { lastAddressOf } from '../services/virtual-address.ts';
import { type StepWorld, getVm, vmmOf } from '../step-world.ts';

type World = StepContext<StepWorld>;

/** Sets a balancer up and lets in the replicas that get requests already (LB-01, LB-08). */
export const applyBalancer: StepKind<StepWorld, ApplyBalancerArgs> = {
  kind: 'apply-balancer@1',
  args: applyBalancerArgs,
  run: async (world, args) => {
    const { infrastructureId, balancer, digest } = args;
    const stage = balancerStage(balancer);
    // Before it is made: what was begun can be found and removed.
    await world.store.setConfigured(infrastructureId, { name: balancer.name, stage, key: unsettled });
    await withBalancer(world, args, async (driver) => {
      await driver.applyBalancer(asItCan(world, await specOf(world, args), driver), world.signal);
      await takeUpMembers(world, args, driver);
    });
    await world.store.setConfigured(infrastructureId, { name: balancer.name, stage, key: digest });
  },
  undo: async (world, args) => {
    const { infrastructureId, balancer, isNew } = args;
    const stage = balancerStage(balancer);
    if (!isNew) {
      await world.store.setConfigured(infrastructureId, { name: balancer.name, stage, key: unsettled });
      return;
    }
    // One of ours goes with its VMs.
    if (balancer.kind === 'native')
      await withBalancer(world, args, (driver) => driver.deleteBalancer(balancer.name, world.signal));
    await world.store.clearConfigured(infrastructureId, balancer.name, stage);
  },
};

/** A VM manager's own balancer has bounds of its own. */
function asItCan(
  { progress }: World,
  asked: BalancerSpec,
  { capabilities }: Pick<BalancerDriver, 'capabilities'>,
): BalancerSpec {
  const [lack] = balancerLacks(asked, capabilities);
  if (lack !== undefined) {
    const message = `${capabilities.product} cannot be load balancer ${asked.name}: ${lack}.`;
    throw new PlatformError('unsupported', message, { subject: asked.name });
  }
  const { spec, changes } = fitBalancer(asked, capabilities);
  for (const change of changes) progress(change);
  return spec;
}

async function specOf(world: World, args: ApplyBalancerArgs): Promise<BalancerSpec> {
  const { infrastructureId, balancer, frontends, pools } = args;
  const authority = await world.vault.authority(infrastructureId);
  const virtualAddress = await virtualAddressOf(world, args);
  const isTls = frontends.some(({ protocol }) => protocol === 'https');
  const certificate = isTls ? await certificateOf(world, args, virtualAddress) : undefined;
  return {
    name: balancer.name,
    tag: brandId('Tag', infrastructureId),
    frontends: frontends.map((frontend) =>
      certificate && frontend.protocol === 'https' ? { ...frontend, certificate } : frontend,
    ),
    pools: pools.map((pool) =>
      pool.protocol === 'https' || pool.check.protocol === 'https'
        ? { ...pool, authorityPem: authority.certificatePem }
        : pool,
    ),
    ...(virtualAddress === undefined ? {} : { virtualAddress }),
    ...(balancer.kind === 'native' ? { networks: balancer.networks } : {}),
  };
}

async function virtualAddressOf(
  world: World,
  { infrastructureId, balancer, isPair, virtualAddress }: ApplyBalancerArgs,
): Promise<string | undefined> {
  if (!isPair || virtualAddress !== undefined) return virtualAddress;
  const driver = await vmmOf(world, balancer.vmm);
  const networks = await driver.networks.listNetworks(brandId('Tag', infrastructureId), world.signal);
  const network = networks.find(({ name }) => balancer.networks.includes(name));
  return network && lastAddressOf(network);
}

/** For every name and address at which clients may come, signed by the infrastructure's authority. */
async function certificateOf(
  world: World,
  { infrastructureId, balancer, frontends, pools }: ApplyBalancerArgs,
  virtualAddress: string | undefined,
): Promise<Certificate> {
  const vms = await Promise.all(
    balancer.hosts.map((name) => getVm(world, { vmm: balancer.vmm, name }, world.signal)),
  );
  const addresses = vms.flatMap((vm) => [addressOn(vm, balancer.networks), outsideAddress(vm)]);
  const hosts = frontends.flatMap(({ routes }) => routes.map(({ host }) => host));
  const authority = await world.vault.authority(infrastructureId);
  const issued = await issueServerCertificate({
    authority,
    dnsNames: [
      ...new Set([balancer.name, ...balancer.hosts, ...pools.map(({ name }) => name), ...defined(hosts)]),
    ],
    ipAddresses: [...new Set(defined([...addresses, virtualAddress]))],
    days: certificateDays,
    clock: world.clock,
  });
  return {
    certificatePem: `${issued.certificatePem.trimEnd()}\n${authority.certificatePem}`,
    privateKeyPem: issued.privateKeyPem,
  };
}

function defined(texts: readonly (string | undefined)[]): readonly string[] {
  return texts.filter((text) => text !== undefined);
}

/** Those that were in before: a balancer whose VM is new knows nobody. */
async function takeUpMembers(
  world: World,
  { infrastructureId, balancer, members }: ApplyBalancerArgs,
  driver: BalancerDriver,
): Promise<void> {
  const configured = await world.store.configuredKeys(infrastructureId);
  const known = await driver.describeBalancer(balancer.name, world.signal);
  const there = new Set(known?.members.map(({ pool, name }) => `${pool} ${name}`));
  for (const { pool, name, vmm, port, serviceId } of members) {
    const isIn = configured[name]?.[memberStage(serviceId)] !== undefined;
    if (!isIn || there.has(`${pool} ${name}`)) continue;
    try {
      await addReplica(world, { vmm, name, pool, port }, { driver, balancer });
      await world.store.setConfigured(infrastructureId, {
        name,
        stage: memberStage(serviceId),
        key: memberKey({ balancer, serviceId, pool, port }),
      });
    } catch (error) {
      // A replica that is gone is replaced in its own plan, and must not keep the others from being served.
      if (!isPlatformError(error, 'not-found') && !isPlatformError(error, 'unavailable')) throw error;
      world.progress(`${name} is not taken up: ${error.message}`);
    }
  }
}
