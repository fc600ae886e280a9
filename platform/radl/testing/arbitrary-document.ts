import fc from 'fast-check';
import type { Feature, RadlConfigure, RadlContextualize, RadlDocument, Span, Value } from '../model.ts';
import { keywords } from '../tokens.ts';

const span: Span = { start: 0, end: 0, line: 1, column: 1 };

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,11}$/).filter((word) => !keywords.has(word));
const unit = fc.constantFrom('K', 'Mi', 'GB', 'HRZ', 'b', 'T');
/** A backslash stands only before another character, never before a quote (RADL, section 1). */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", '\n', '\\n', '\\\\', ' and ', ', x=', 'random(3)', 'é', '#'),
      fc.stringMatching(/^[^\\]{0,6}$/),
    ),
  )
  .map((parts) => parts.join(''));
const number = fc.oneof(
  fc.nat(),
  fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true }).map((value) => Math.abs(value)),
);

/** Of a tool's option. */
const plainValue: fc.Arbitrary<Value> = fc.oneof(
  fc.record({ kind: fc.constant('number' as const), value: number }),
  fc.record({ kind: fc.constant('text' as const), text }),
);

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.record({ kind: fc.constant('number' as const), value: fc.nat(), hasPoint: fc.constant(true as const) }),
  fc.record(
    { kind: fc.constant('number' as const), value: number, unit },
    { requiredKeys: ['kind', 'value'] },
  ),
  fc.record({ kind: fc.constant('text' as const), text }),
  fc.record({ kind: fc.constant('list' as const), texts: fc.array(text, { maxLength: 3 }) }),
);

const { feature } = fc.letrec<{ feature: Feature }>((tie) => ({
  feature: fc.oneof(
    { maxDepth: 3 },
    fc.record({
      kind: fc.constant('comparison' as const),
      key: name,
      operator: fc.constantFrom('=', '<', '<=', '>', '>=' as const),
      value,
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant('contains' as const),
      key: name,
      features: fc.array(tie('feature'), { maxLength: 3 }),
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant('soft' as const),
      weight: number,
      features: fc.array(tie('feature'), { maxLength: 3 }),
      span: fc.constant(span),
    }),
  ),
}));

const features = fc.array(feature, { maxLength: 4 });
const section = fc.oneof(
  fc.record({ id: name, isReference: fc.constant(false), features, span: fc.constant(span) }),
  fc.record({ id: name, isReference: fc.constant(true), features: fc.constant([]), span: fc.constant(span) }),
);
const featuresOnly = fc.record({ id: name, features, span: fc.constant(span) });

const keyOfSystem = fc.record({
  kind: fc.constant('comparison' as const),
  key: fc.constantFrom('system', 'description', 'option'),
  operator: fc.constant('=' as const),
  value,
  span: fc.constant(span),
});
/** Ids may be the words of these sections themselves; keys may be reserved words. */
const addedSection = fc.record({
  id: fc.oneof(name, fc.constantFrom('service', 'input', 'output')),
  features: fc.array(fc.oneof(feature, keyOfSystem), { maxLength: 4 }),
  span: fc.constant(span),
});

const recipe = fc
  .array(fc.stringMatching(/^[^@\n]{0,12}$/), { maxLength: 4 })
  .map((lines) => lines.join('\n'));
const title = text.filter((each) => !each.includes('\n'));
const body: fc.Arbitrary<RadlConfigure['body']> = fc.oneof(
  fc.constant({ kind: 'none' as const }),
  fc.record({ kind: fc.constant('recipe' as const), text: recipe }),
  fc.record({
    kind: fc.constant('resource-lines' as const),
    lines: fc.array(
      fc.record({
        type: name,
        title,
        attributes: fc.dictionary(name, text, { maxKeys: 3 }),
        span: fc.constant(span),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
);
const configure: fc.Arbitrary<RadlConfigure> = fc.oneof(
  fc.record({ id: name, isReference: fc.constant(false), body, span: fc.constant(span) }),
  fc.record({
    id: name,
    isReference: fc.constant(true),
    body: fc.constant({ kind: 'none' as const }),
    span: fc.constant(span),
  }),
);

const item = { systemId: name, configureId: name, span: fc.constant(span) };
const contextualize: fc.Arbitrary<RadlContextualize> = fc.record(
  {
    maxTimeSeconds: fc.nat(),
    options: fc.array(fc.record({ name, value: plainValue }), { maxLength: 2 }),
    items: fc.array(
      fc.oneof(fc.record({ ...item, step: fc.nat(9) }), fc.record({ ...item, tool: name }), fc.record(item)),
      { maxLength: 3 },
    ),
    span: fc.constant(span),
  },
  { requiredKeys: ['options', 'items', 'span'] },
);

/** Any document that a text can say, whatever its keys mean. Spans are all the same. */
export const arbitraryDocument: fc.Arbitrary<RadlDocument> = fc.record(
  {
    description: featuresOnly,
    networks: fc.array(section, { maxLength: 3 }),
    ansibles: fc.array(featuresOnly, { maxLength: 2 }),
    systems: fc.array(section, { maxLength: 3 }),
    services: fc.array(addedSection, { maxLength: 2 }),
    inputs: fc.array(addedSection, { maxLength: 2 }),
    outputs: fc.array(addedSection, { maxLength: 2 }),
    configures: fc.array(configure, { maxLength: 3 }),
    contextualize,
    deploys: fc.array(
      fc.record(
        { systemId: name, count: fc.nat(), cloudId: name, span: fc.constant(span) },
        { requiredKeys: ['systemId', 'count', 'span'] },
      ),
      { maxLength: 3 },
    ),
  },
  {
    requiredKeys: [
      'networks',
      'ansibles',
      'systems',
      'services',
      'inputs',
      'outputs',
      'configures',
      'deploys',
    ],
  },
);
