import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import type { ServiceDescription } from './model.ts';
import { exampleOffers, exampleService, withRadl } from './testing/example-service.ts';
import { validateService } from './validate.ts';

const linesOf = (description: ServiceDescription, offers = exampleOffers): readonly string[] =>
  validateService(description, offers).map(({ place, message }) => `${place}: ${message}`);

it('finds nothing wrong with the example', () => {
  expect(linesOf(exampleService)).toEqual([]);
});

describe('parameters', () => {
  it.each<[string, ServiceDescription, string]>([
    [
      'a placeholder that nothing declares',
      withRadl({ 'label=@input.label@': 'label=@input.lable@,x=@input.label@' }),
      'keys.radl:13:19: RADL333: input "lable" is not declared (write @input.label@)',
    ],
    [
      'an input that nothing uses',
      withRadl({ 'label=@input.label@': 'x=y' }),
      'keys.radl: input label is not used: there is no @input.label@ and no fragment label.<choice>.radl',
    ],
    [
      'a text where a number stands',
      withRadl({ '@input.memory-mib@Mi': '@input.label@' }),
      'keys.radl:10:3: RADL302: ',
    ],
    [
      'a parameter of the components in the text',
      withRadl({ 'label=@input.label@': 'label=@input.label@@input.token-issuers@' }),
      'keys.radl:13:19: RADL333: input "token-issuers" is not declared',
    ],
    [
      'a default that does not fit its input',
      withRadl({ 'default = 1024': 'default = 1' }),
      'keys.radl:2:1: RADL331: the default of input memory-mib does not fit',
    ],
    [
      'one name twice',
      { ...exampleService, parameters: [...exampleService.parameters, ...exampleService.parameters] },
      'service.json: parameters.token-issuers: is declared twice; keep one',
    ],
    [
      'a default that does not fit',
      {
        ...exampleService,
        parameters: [{ name: 'token-issuers', type: 'number', help: 'x', isRequired: false, default: 'x' }],
      },
      'service.json: parameters.token-issuers: its default does not fit: it takes a number, without sign',
    ],
    [
      'choices that a fragment is missing for',
      {
        ...exampleService,
        fragments: { keys: { database: exampleService.fragments['keys']!['database']! } },
      },
      "keys.files.radl: is missing: every choice of 'keys' needs its fragment, an empty one where it adds nothing",
    ],
    [
      'a fragment of no choice',
      { ...exampleService, fragments: { ...exampleService.fragments, label: { red: '' } } },
      "label.red.radl: 'red' is no choice of an input 'label'; declare it or remove the file",
    ],
    [
      'a component whose required parameter is not declared',
      { ...exampleService, parameters: [] },
      "service.json: parameters: Key_Server_Grid_Service.gar needs 'token-issuers'; declare it",
    ],
    [
      'a parameter that no component asks for',
      {
        ...exampleService,
        parameters: [
          ...exampleService.parameters,
          { name: 'colour', type: 'string', help: 'x', isRequired: false },
        ],
      },
      'service.json: parameters.colour: no component asks for it; remove it',
    ],
  ])('reports %s', (_what, description, line) => {
    expect(linesOf(description)).toContainEqual(expect.stringContaining(line));
  });

  it('refuses a placeholder in a recipe, where no value is safe', () => {
    const description = withRadl({
      'deploy GT4 1': "configure extra (\n@begin\n- shell: '@input.label@'\n@end\n)\ndeploy GT4 1",
    });
    expect(linesOf(description)).toContainEqual(
      expect.stringMatching(/^keys\.radl:20:1: the recipe of extra has an @input\.NAME@/),
    );
  });

  it('refuses more combinations of choices than it can read', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const inputs = names.map((name) => `input ${name} (type = 'choice' and choices = ['x', 'y'])\n`);
    const fragments = Object.fromEntries(names.map((name) => [name, { x: '', y: '' }]));
    const description = {
      ...withRadl({ 'network private': `${inputs.join('')}network private` }),
      fragments,
    };
    expect(linesOf(description)).toContainEqual(expect.stringMatching(/^keys\.radl: .*more than 100/));
  });
});

describe('RADL text', () => {
  it('reports every error of every combination once, at its file and line', () => {
    const fragments = {
      keys: { database: 'system X (\n  cpu.count = -1\n)\n', files: "\nsystem Y ( cpu.arch = 'z80' )\n" },
    };
    const lines = linesOf({ ...withRadl({ "'private' and": "'privat' and" }), fragments });
    expect(lines).toEqual([
      expect.stringMatching(/^keys\.radl:12:\d+: RADL311: .*privat/),
      expect.stringMatching(/^keys\.database\.radl:2:15: RADL104: /),
      expect.stringMatching(/^keys\.files\.radl:2:12: RADL305: /),
    ]);
  });

  it('reports what only the configurator knows', () => {
    const lines = linesOf(exampleService, {
      ...exampleOffers,
      configurators: new Map(
        [...exampleOffers.configurators].map(([name, configurator]) => [
          name,
          {
            ...configurator,
            inspect: (recipe) => ({ ...configurator.inspect(recipe), problems: ['it cannot.'] }),
          },
        ]),
      ),
    });
    expect(lines).toContain('keys.radl: RADL407: Configure of GT4: it cannot.');
  });

  it('reports a database that a component needs and no configure creates', () => {
    const fragments = {
      keys: {
        ...exampleService.fragments['keys'],
        files: exampleService.fragments['keys']!['files']!.replace('SQL_Keys', 'SQL_Other'),
      },
    };
    expect(linesOf({ ...exampleService, fragments })).toEqual([
      expect.stringMatching(/^keys\.radl: RADL404: .*needs database 'SQL_Keys'/),
    ]);
  });
});

describe('needs', () => {
  const withNeeds = (needs: Partial<ServiceDescription['needs']>): ServiceDescription => ({
    ...exampleService,
    needs: { ...exampleService.needs, ...needs },
  });
  const vmi = (id: string) => brandId('VmiId', id);

  it.each<[string, ServiceDescription, readonly string[]]>([
    [
      'images and components that are not in the repositories',
      withNeeds({
        vmis: [...exampleService.needs.vmis, vmi('voms-service')],
        components: [...exampleService.needs.components, 'Other.gar'],
      }),
      [
        "service.json: needs.vmis: the image catalog has no image 'voms-service'; add it, or correct the id (trencadis image list)",
        "service.json: needs.components: the component repository has no 'Other.gar'; add it (trencadis component build, or add), or mark the service as a draft",
        "service.json: needs.components: no configure of a deployed system names 'Other.gar'; remove it",
      ],
    ],
    [
      'an image that the catalog chooses and nobody named',
      withNeeds({ vmis: [vmi('base-toolkits'), vmi('postgresql')] }),
      [
        "service.json: needs.vmis: the catalog chooses 'file-system' for system FILES; name it there, or ask for what the right image has",
      ],
    ],
    [
      'an image that is named and never chosen',
      {
        ...withRadl({ "(name = 'globus')": "(name = 'ant')" }),
        needs: {
          ...exampleService.needs,
          vmis: [vmi('base-toolkits'), vmi('postgresql'), vmi('file-system')],
        },
        fragments: {
          keys: {
            database: exampleService.fragments['keys']!['database']!,
            files: exampleService.fragments['keys']!['database']!,
          },
        },
      },
      [
        "service.json: needs.vmis: 'file-system' is chosen for no system; remove it, or deploy a system that asks for what it has",
      ],
    ],
    [
      'a system that no image fits',
      withRadl({ "(name = 'globus')": "(name = 'fortran')" }),
      [
        expect.stringMatching(/^service\.json: needs\.vmis: system GT4: No image meets .*lacks fortran/),
        "service.json: needs.vmis: 'base-toolkits' is chosen for no system; remove it, or deploy a system that asks for what it has",
      ],
    ],
    [
      'components that the text names and nobody declared',
      withNeeds({ components: ['Key_Server_Grid_Service.gar'] }),
      ["service.json: needs.components: the RADL text names 'database.sql', which is not here; add it"],
    ],
  ])('reports %s', (_what, description, lines) => {
    expect(linesOf(description)).toEqual(lines);
  });
});

describe('a draft', () => {
  const without = {
    ...exampleOffers,
    components: exampleOffers.components.filter(({ type }) => type !== 'gar'),
    vmis: new Set([...exampleOffers.vmis].filter((id) => id !== 'postgresql')),
  };
  const draft = (missing: readonly string[]): ServiceDescription => ({
    ...exampleService,
    status: { kind: 'draft', reason: 'Not written yet.', missing },
  });

  it('may lack what it says is missing, and nothing else', () => {
    expect(linesOf(exampleService, without)).toHaveLength(2);
    expect(linesOf(draft(['Key_Server_Grid_Service.gar', 'postgresql']), without)).toEqual([]);
    expect(linesOf(draft(['postgresql']), without)).toEqual([
      expect.stringContaining("has no 'Key_Server_Grid_Service.gar'"),
    ]);
  });

  it('is held to its RADL text like any other', () => {
    const broken = { ...draft(['postgresql']), radl: `${exampleService.radl}deploy NOBODY 1\n` };
    expect(linesOf(broken)).toEqual([expect.stringMatching(/RADL312: system "NOBODY"/)]);
  });

  it('says nothing is missing that it does not need', () => {
    expect(linesOf(draft(['lfc']))).toEqual(["service.json: status.missing: 'lfc' is not among the needs"]);
  });
});
