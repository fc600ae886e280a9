import type { Component, ServiceManifest } from '@trencadis/component-repository';
import { type VmiId, sha256OfText } from '@trencadis/ids';
import { type Vmi, matchImages } from '@trencadis/image-catalog';
import type { Configurator } from '@trencadis/contextualization';
import type { VmmCapabilities } from '@trencadis/vmm';
import { memoryCapabilities } from '@trencadis/vmm-memory';
import type { Offers, VmmForDeployment } from '../offers.ts';

const scientificLinux = { name: 'linux', flavour: 'Scientific Linux', version: '5.7' };

function vmi(id: string, name: string, applications: Vmi['applications']): Vmi {
  const artifacts = [{ vmm: 'memory', location: `/images/${id}`, digest: sha256OfText(id) }];
  return {
    id: id as VmiId,
    name,
    description: '',
    architecture: 'x86_64',
    operatingSystem: scientificLinux,
    applications,
    standIns: [],
    artifacts,
  };
}

const keyServerManifest: ServiceManifest = {
  name: 'key-server',
  version: '1',
  command: ['node', 'main.mjs'],
  port: 8443,
  protocol: 'https',
  livePath: '/healthz',
  readyPath: '/readyz',
  databases: ['SQL_Keys'],
  secrets: [{ name: 'sealing-key', byteCount: 32 }],
  parameters: [
    { name: 'token-issuers', description: 'whose tokens are accepted', required: true },
    { name: 'log-level', description: 'how much it says', required: false },
  ],
};

function component(fileName: string, type: Component['type'], manifest?: ServiceManifest): Component {
  const digest = sha256OfText(fileName);
  return {
    fileName,
    version: '1',
    type,
    description: '',
    digest,
    sizeBytes: 1,
    ...(manifest ? { manifest } : {}),
  };
}

/** The two images that Fig. 3 means, and one that it does not. */
export const keyServerImages: readonly Vmi[] = [
  vmi('base-toolkits', 'Base Toolkits', [
    { name: 'globus', version: '4.2.1' },
    { name: 'jdk', version: '1.6.0.35' },
    { name: 'ant', version: '1.8.2' },
  ]),
  vmi('postgresql', 'PostgreSQL', [{ name: 'PostgreSQL', version: '15' }]),
  vmi('file-system', 'File System', []),
];

export const exampleCapabilities: VmmCapabilities = { ...memoryCapabilities, zones: true };

/** Two VM managers whose product is the simulated one. */
export const exampleVmms: readonly VmmForDeployment[] = ['memory', 'other'].map((name) => ({
  vmm: name,
  name,
  product: 'memory',
  takesUserData: true,
  capabilities: exampleCapabilities,
  quota: {},
}));

/** Reads recipes as the one with Puppet does, as far as Fig. 3 goes. */
export const exampleConfigurator: Pick<Configurator, 'name' | 'inspect'> = {
  name: 'puppet',
  inspect: (recipe) => {
    if (recipe.kind === 'text') {
      const problems = ['a text recipe is not possible'];
      return { problems, componentFiles: [], databases: [], usesPeers: false };
    }
    const titles = (type: string) =>
      recipe.lines.filter((line) => line.type === type).map(({ title }) => title);
    const definitions = recipe.lines.flatMap(({ attributes: { file } }) => file ?? []);
    return {
      problems: [],
      componentFiles: [...titles('deploy_gs'), ...definitions],
      databases: titles('create_database'),
      usesPeers: false,
    };
  },
};

/** What Fig. 3 is resolved against: those images and the Key Server's files; nothing runs yet. */
export const keyServerOffers: Offers = {
  components: [
    component('Key_Server_Grid_Service.gar', 'gar', keyServerManifest),
    component('database.sql', 'sql'),
  ],
  vmms: exampleVmms,
  configurators: new Map([['puppet', exampleConfigurator]]),
  matchImages: (requirements) => matchImages(requirements, keyServerImages),
  vms: [],
  pinned: new Map(),
  imagesInUse: new Map(),
};
