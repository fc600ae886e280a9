import { X509Certificate } from 'node:crypto';
import { systemClock } from '@trencadis/clock';
import type { ConfigurationContext } from '@trencadis/contextualization';
import { type VmName, sha256OfText } from '@trencadis/ids';
import { parseSealingKey } from '@trencadis/sealing';
import type { Vm } from '@trencadis/vmm';
import { createMemoryVmm } from '@trencadis/vmm-memory';
import { describe, expect, it } from 'vitest';
import { configurationContextOf } from './configuration-context.ts';
import type { DesiredInfrastructure, DesiredVm } from './model.ts';
import { configureVmStep } from './planned-steps.ts';
import { networkName, vmName } from './resource-names.ts';
import type { Resident } from './residents.ts';
import { type ConfigureVmArgs, configureVmArgs } from './step-arguments.ts';
import { exampleConfiguration, exampleInfrastructure } from './testing/examples.ts';
import { fixedVmms } from './testing/fixed-vmms.ts';
import { createMemoryInfrastructureStore } from './testing/memory-store.ts';
import { createVault } from './vault.ts';

const parameters = { 'token-issuers': [{ issuer: 'x' }] };
const infrastructure = exampleInfrastructure('keys', { parameters });
const { id } = infrastructure;
const nameOf = (systemId: string, number = 1) => vmName(id, systemId, number);

/** VMs of a site by name, each with its addresses by network of the document. */
type SiteVms = Readonly<Record<VmName, Readonly<Record<string, string>>>>;

const fig3: SiteVms = {
  [nameOf('front')]: { public: '10.1.0.2', private: '10.2.0.2' },
  [nameOf('back')]: { private: '10.2.0.3' },
};
const keys = { name: 'SQL_Keys', user: 'sql_keys', heldBy: nameOf('back'), usedBy: [nameOf('front')] };

async function contextMaker(vms: SiteVms) {
  const store = createMemoryInfrastructureStore();
  await store.insert(infrastructure);
  const sealingKey = parseSealingKey(Buffer.alloc(32, 1).toString('base64url'));
  const world = {
    vault: createVault({ store, sealingKey, clock: systemClock }),
    clock: systemClock,
    vmms: fixedVmms(new Map([['memory', createMemoryVmm({ clock: systemClock })]])),
  };
  const around = { signal: new AbortController().signal, infrastructure, residents: residentsOf(vms) };
  return (self: VmName, changes: Partial<ConfigureVmArgs> = {}): Promise<ConfigurationContext> =>
    configurationContextOf(world, argsOf(self, changes), around);
}

function residentsOf(vms: SiteVms): Resident[] {
  return (Object.keys(vms) as VmName[]).map((name, ordinal) => {
    const [, , systemId = '', number] = name.split('-');
    const addresses = Object.entries(vms[name] ?? {}).map(([network, address]) => ({
      network: networkName(id, network),
      address,
    }));
    return {
      member: { systemId, number: Number(number), ordinal, vmm: 'memory' },
      vm: { name, addresses, vmm: 'memory' } as Partial<Vm> as Resident['vm'],
    };
  });
}

/** As a plan has them, with these databases in the whole infrastructure. */
function argsOf(
  name: VmName,
  { databases = [keys], configuration = configurationAsking() }: Partial<ConfigureVmArgs>,
): ConfigureVmArgs {
  const networkIds = { [networkName(id, 'public')]: 'public', [networkName(id, 'private')]: 'private' };
  const vm = {
    vmm: 'memory',
    systemId: name.split('-')[2]!,
    spec: { name },
    peers: [],
    configurations: [configuration],
  } as unknown as DesiredVm;
  const desired = { id, networkIds, databases } as Partial<DesiredInfrastructure> as DesiredInfrastructure;
  return configureVmArgs.parse(
    configureVmStep(desired, vm, { configuration, hasSteps: false, after: [] }).args,
  );
}

function configurationAsking(...secrets: readonly string[]): ConfigureVmArgs['configuration'] {
  return exampleConfiguration({
    secrets: secrets.map((name) => ({ name, byteCount: 32 })),
    digest: sha256OfText(secrets.join()),
  });
}

describe('configurationContextOf', () => {
  it('gives addresses by the document’s networks, its own and its peers’', async () => {
    const contextOf = await contextMaker(fig3);
    const context = await contextOf(nameOf('front'));
    expect(context).toMatchObject({
      infrastructureId: id,
      vmName: nameOf('front'),
      systemId: 'front',
      addresses: { public: '10.1.0.2', private: '10.2.0.2' },
      peers: [{ vmName: nameOf('back'), systemId: 'back', addresses: { private: '10.2.0.3' } }],
      parameters,
    });
  });

  it('gives both ends of a database the same login, each its own way to it', async () => {
    const contextOf = await contextMaker(fig3);
    const { SQL_Keys: atFront } = (await contextOf(nameOf('front'))).databases;
    const { SQL_Keys: atBack } = (await contextOf(nameOf('back'))).databases;
    expect(atFront).toMatchObject({ host: '10.2.0.3', port: 5432, user: 'sql_keys' });
    expect(atBack).toMatchObject({ host: '127.0.0.1', port: 5432, user: 'sql_keys' });
    expect(atFront?.password).toBe(atBack?.password);
    expect(Buffer.from(atFront!.password, 'base64url')).toHaveLength(24);
  });

  it('lets in only those who use the database, by their addresses on the shared network', async () => {
    const more = {
      ...fig3,
      [nameOf('front', 2)]: { public: '10.1.0.9', private: '10.2.0.9' },
      [nameOf('other')]: { private: '10.2.0.77' },
    };
    const databases = [{ ...keys, usedBy: [nameOf('front'), nameOf('front', 2), nameOf('back')] }];
    const contextOf = await contextMaker(more);
    const { databases: logins } = await contextOf(nameOf('back'), { databases });
    expect(logins['SQL_Keys']?.allowedFrom).toEqual(['10.2.0.2/32', '10.2.0.9/32']);
  });

  it('gives a VM nothing of the databases of others', async () => {
    const contextOf = await contextMaker({ ...fig3, [nameOf('other')]: { private: '10.2.0.77' } });
    const others = { ...keys, name: 'SQL_Other', usedBy: [] };
    expect((await contextOf(nameOf('other'))).databases).toEqual({});
    const { databases } = await contextOf(nameOf('front'), { databases: [keys, others] });
    expect(Object.keys(databases)).toEqual(['SQL_Keys']);
  });

  it('gives a VM only the secrets that it asks for, the same ones again', async () => {
    const contextOf = await contextMaker(fig3);
    const asking = { configuration: configurationAsking('sealing-key') };
    const { secrets } = await contextOf(nameOf('front'), asking);
    expect(Object.keys(secrets)).toEqual(['sealing-key']);
    expect((await contextOf(nameOf('front'), asking)).secrets).toEqual(secrets);
    const other = await contextOf(nameOf('back'), { configuration: configurationAsking('other') });
    expect(Object.keys(other.secrets)).toEqual(['other']);
    expect(JSON.stringify(other)).not.toContain(secrets['sealing-key']);
  });

  it('gives no VM another’s private key, and certificates of one authority', async () => {
    const contextOf = await contextMaker(fig3);
    const front = await contextOf(nameOf('front'));
    const back = await contextOf(nameOf('back'));
    expect(front.certificate.authorityPem).toBe(back.certificate.authorityPem);
    expect(front.certificate.privateKeyPem).not.toBe(back.certificate.privateKeyPem);
    const certificate = new X509Certificate(front.certificate.certificatePem);
    expect(certificate.verify(new X509Certificate(front.certificate.authorityPem).publicKey)).toBe(true);
    for (const address of ['10.1.0.2', '10.2.0.2', '127.0.0.1'])
      expect(certificate.checkIP(address)).toBe(address);
    expect(certificate.checkIP('10.2.0.3')).toBeUndefined();
    expect(certificate.checkHost(nameOf('front'))).toBeDefined();
  });

  it('refuses a database between VMs that share no network, naming both', async () => {
    const contextOf = await contextMaker({ ...fig3, [nameOf('front')]: { public: '10.1.0.2' } });
    const refusal = {
      code: 'invalid-argument',
      message: expect.stringMatching(/-back-1 .*-front-1 share no network/),
    };
    await expect(contextOf(nameOf('front'))).rejects.toMatchObject(refusal);
    await expect(contextOf(nameOf('back'))).rejects.toMatchObject(refusal);
  });

  it('says which VM is gone', async () => {
    const { [nameOf('back')]: _, ...front } = fig3;
    const contextOf = await contextMaker(front);
    for (const name of ['front', 'back'].map((systemId) => nameOf(systemId)))
      await expect(contextOf(name)).rejects.toMatchObject({ code: 'not-found', subject: nameOf('back') });
  });
});
