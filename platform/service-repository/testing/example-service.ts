import { keyServerImages, keyServerOffers } from '@trencadis/infrastructure/testing';
import { brandId } from '@trencadis/ids';
import type { ServiceOffers } from '../check-needs.ts';
import type { ServiceDescription } from '../model.ts';

/** The two images and the two components of the Key Server, and an image of a file system. */
export const exampleOffers: ServiceOffers = {
  ...keyServerOffers,
  vmis: new Set(keyServerImages.map(({ id }) => id)),
};

const container = `# The Key Server with a choice of where its keys are.
input memory-mib (type = 'number' and min = 512 and default = 1024)
input label (type = 'string' and default = 'keys')
input keys (type = 'choice' and choices = ['database', 'files'] and default = 'database')
input is-open (type = 'boolean' and default = 'yes')

network public (outbound = '@input.is-open@') # not @input.this@
network private
system GT4 (
  memory.size >= @input.memory-mib@Mi and
  net_interface.0.connection = 'public' and
  net_interface.1.connection = 'private' and
  instance_tags = 'label=@input.label@,by=us' and
  disk.0.applications contains (name = 'globus')
)
configure GT4 (
  add_user {'trencadis': }
  deploy_gs {'Key_Server_Grid_Service.gar': }
)
deploy GT4 1
`;

const database = `system BACKEND (
  net_interface.0.connection = 'private' and
  disk.0.applications contains (name = 'PostgreSQL')
)
configure BACKEND (
  create_database {'SQL_Keys': file => 'database.sql'}
)
deploy BACKEND 1
`;

/** The database that the component asks for is made here too: only its machine has another image. */
const files = `system FILES (
  net_interface.0.connection = 'private' and
  disk.0.os.flavour = 'Scientific Linux'
)
configure FILES (
  create_database {'SQL_Keys': file => 'database.sql'}
)
deploy FILES 1
`;

/** With nothing wrong against {@link exampleOffers}. */
export const exampleService: ServiceDescription = {
  name: 'keys',
  title: 'Keys',
  description: 'For a test.',
  version: '1.0.0',
  radl: container,
  dialect: 'trencadis',
  fragments: { keys: { database, files } },
  parameters: [{ name: 'token-issuers', type: 'json', help: 'Issuers.', isRequired: true }],
  needs: {
    vmis: [
      brandId('VmiId', 'base-toolkits'),
      [brandId('VmiId', 'postgresql'), brandId('VmiId', 'file-system')],
    ],
    components: ['Key_Server_Grid_Service.gar', 'database.sql'],
  },
  status: { kind: 'released' },
};

/** The example with other RADL text. */
export function withRadl(replace: Readonly<Record<string, string>>): ServiceDescription {
  const radl = Object.entries(replace).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`The example has no '${from}'.`);
    return text.replaceAll(from, to);
  }, exampleService.radl);
  return { ...exampleService, radl };
}
