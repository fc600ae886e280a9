import { fc, test } from '@fast-check/vitest';
import { type Feature, readRadl, textOf } from '@trencadis/radl';
import { describe, expect, it } from 'vitest';
import type { ParameterType, ParameterValue } from './model.ts';
import { type Rendered, renderService } from './render.ts';
import { exampleService, withRadl } from './testing/example-service.ts';

const issuers = { 'token-issuers': [{ issuer: 'https://vo' }] };

function rendered(values: Readonly<Record<string, ParameterValue>>, description = exampleService) {
  const rendering: Rendered = renderService(description, { ...issuers, ...values });
  if (rendering.kind === 'rendered') return rendering;
  throw new Error(JSON.stringify(rendering.problems));
}

function problemsOf(values: Readonly<Record<string, ParameterValue>>, description = exampleService) {
  const rendering = renderService(description, values);
  return rendering.kind === 'problems'
    ? rendering.problems.map(({ place, message }) => `${place}: ${message}`)
    : [];
}

describe('rendering', () => {
  it('fills in the defaults, adds the fragments of the choices, and leaves nothing to fill in', () => {
    expect(rendered({})).toEqual({
      kind: 'rendered',
      dialect: 'trencadis',
      parameters: issuers,
      radl: expect.any(String),
    });
    expect(rendered({}).radl).toMatchInlineSnapshot(`
      "# The Key Server with a choice of where its keys are.
      network public (outbound = 'yes') # not @input.this@
      network private
      system GT4 (
        memory.size >= 1024Mi and
        net_interface.0.connection = 'public' and
        net_interface.1.connection = 'private' and
        instance_tags = 'label=keys,by=us' and
        disk.0.applications contains (name = 'globus')
      )
      configure GT4 (
        add_user {'trencadis': }
        deploy_gs {'Key_Server_Grid_Service.gar': }
      )
      deploy GT4 1

      system BACKEND (
        net_interface.0.connection = 'private' and
        disk.0.applications contains (name = 'PostgreSQL')
      )
      configure BACKEND (
        create_database {'SQL_Keys': file => 'database.sql'}
      )
      deploy BACKEND 1
      "
    `);
  });

  it('fills in what is given', () => {
    const { radl } = rendered({ 'memory-mib': 2048, label: "it's", keys: 'files', 'is-open': false });
    expect(radl).toContain('memory.size >= 2048Mi and');
    expect(radl).toContain(String.raw`instance_tags = 'label=it\'s,by=us' and`);
    expect(radl).toContain("network public (outbound = 'no')");
    expect(radl).toContain('deploy FILES 1');
    expect(radl).not.toContain('BACKEND');
  });

  it('does not fill in what a comment says', () => {
    expect(rendered({}).radl).toContain('# not @input.this@');
  });

  it('tells everything that is wrong with the values at once', () => {
    const values = { 'memory-mib': 'much', label: 7, keys: 'paper', 'is-open': 'maybe', size: 1 };
    expect(problemsOf(values)).toEqual([
      'size: is no parameter of this service; its parameters are memory-mib, label, keys, is-open, token-issuers',
      "keys.radl:2:1: RADL336: input memory-mib takes a number, without sign, not 'much'",
      'keys.radl:3:1: RADL336: input label takes a text, not 7',
      "keys.radl:4:1: RADL336: input keys takes one of 'database', 'files', not 'paper'",
      "keys.radl:5:1: RADL336: input is-open takes 'yes' or 'no', not 'maybe'",
      'token-issuers: must be given: Issuers.',
    ]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 511])('refuses the number %d', (value) => {
    expect(problemsOf({ ...issuers, 'memory-mib': value })).toEqual([
      expect.stringMatching(/^keys\.radl:2:1: RADL336: /),
    ]);
  });

  it('takes numbers and booleans as the texts of a command line', () => {
    const { radl } = rendered({ 'memory-mib': '2048', 'is-open': 'true' });
    expect(radl).toContain('memory.size >= 2048Mi and');
    expect(radl).toContain("network public (outbound = 'yes')");
  });

  it.each([
    ['a\\', /backslash/],
    ["a\\'b", /backslash/],
    ['a\nb', /line breaks/],
    ['@input.keys@', /not filled in again/],
  ])('refuses the text %j', (value, message) => {
    expect(problemsOf({ ...issuers, label: value })).toEqual([expect.stringMatching(message)]);
  });

  it.each<[ParameterType, ParameterValue, ParameterValue | undefined]>([
    ['number', '5', 5],
    ['number', 5, 5],
    ['boolean', 'yes', true],
    ['boolean', false, false],
    ['string', 'x', 'x'],
    ['json', [1], [1]],
    ['string', 1, undefined],
    ['number', 'x', undefined],
    ['choice', 'b', 'b'],
    ['choice', 'c', undefined],
  ])('hands a %s to the components: %j', (type, value, handed) => {
    const parameter = { name: 'p', type, help: 'x', isRequired: false, choices: ['a', 'b'] };
    const service = { ...exampleService, parameters: [parameter] };
    const rendering = renderService(service, { p: value });
    const parameters = rendering.kind === 'rendered' ? rendering.parameters['p'] : undefined;
    expect(parameters).toEqual(handed);
  });

  it('reports values that only make no RADL, at their line', () => {
    expect(problemsOf({ ...issuers, 'memory-mib': 1024.5 })).toEqual([
      expect.stringMatching(/^keys\.radl:10:3: RADL302: memory\.size takes a whole number/),
    ]);
  });

  it('does not take a property of every object for a given value', () => {
    expect(problemsOf({ ...issuers, constructor: 'x' })).toEqual([
      expect.stringMatching(/^constructor: is no parameter/),
    ]);
  });
});

describe('a value stays inside its text', () => {
  const special = fc.constantFrom(
    "'",
    '\\',
    '#',
    ')',
    '(',
    ' and ',
    '=',
    '\n',
    '@input.',
    '@',
    'deploy X 1',
    'version=',
    '@begin',
    "',",
  );
  const nasty = fc.array(fc.oneof(special, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 12 });

  test.prop([nasty.map((parts) => parts.join(''))])('whatever it holds', (label) => {
    const rendering = renderService(exampleService, { ...issuers, label });
    if (rendering.kind === 'problems') {
      expect(rendering.problems).toEqual([{ place: 'label', message: expect.any(String) }]);
      return;
    }
    const { document, diagnostics } = readRadl(rendering.radl);
    const plain = readRadl(rendered({ label: 'plain' }).radl);
    expect(diagnostics.map(({ code }) => code)).toEqual(plain.diagnostics.map(({ code }) => code));
    const [system] = document.systems;
    expect(system && textOf(system, 'instance_tags')).toBe(`label=${label},by=us`);
    expect(withoutLabel(document)).toEqual(withoutLabel(plain.document));
  });

  test.prop([nasty.map((parts) => parts.join(''))])(
    'also as the title and an attribute of a resource line',
    (label) => {
      const service = withRadl({
        "add_user {'trencadis': }": "add_user {'@input.label@': home => '@input.label@'}",
      });
      const rendering = renderService(service, { ...issuers, label });
      if (rendering.kind === 'problems') return;
      const { document } = readRadl(rendering.radl);
      expect(document.configures[0]?.body).toMatchObject({
        lines: [{ title: label, attributes: { home: label } }, { type: 'deploy_gs' }],
      });
    },
  );
});

/** Spans and the label out of the way. */
function withoutLabel(document: object): unknown {
  return JSON.parse(
    JSON.stringify(document, (key, value: Feature) => {
      if (key === 'span') return undefined;
      return value?.kind === 'comparison' && value.key === 'instance_tags' ? 'label' : value;
    }),
  );
}
