import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  applicationsOf,
  configureOf,
  deployedSystems,
  detectDialect,
  interfacesOf,
  intervalOf,
  isPublicNetwork,
  readRadl,
  textOf,
} from './index.ts';
import { codesOf, problemsOf } from './testing/problems.ts';

const repaired = readFileSync(
  new URL('../../service-descriptions/key-server/key-server.radl', import.meta.url),
  'utf8',
);
const printed = readFileSync(new URL('./testing/fig3-as-printed.radl', import.meta.url), 'utf8');

describe('Fig. 3, repaired', () => {
  const { document, diagnostics } = readRadl(repaired);
  const [globus, postgresql] = deployedSystems(document);

  test('names its dialect and has no problem, not even a warning', () => {
    expect(detectDialect(repaired)).toBe('paper');
    expect(diagnostics).toEqual([]);
  });

  test('defines a private and a public network', () => {
    expect(document.networks.map((each) => [each.id, each.isReference, isPublicNetwork(each)])).toEqual([
      ['private', false, false],
      ['public', false, true],
    ]);
  });

  test('deploys one machine of each system', () => {
    expect([globus, postgresql].map((each) => [each?.system.id, each?.count])).toEqual([
      ['GT4_JAVA_ANT', 1],
      ['BACKEND_POSTGRESQL', 1],
    ]);
  });

  test('asks for the hardware, the system and the interfaces of the figure', () => {
    const system = globus!.system;
    expect(intervalOf(system, 'memory.size')).toEqual({ low: { value: 1_024_000_000, isStrict: false } });
    expect(textOf(system, 'disk.0.os.flavour')).toBe('Scientific Linux');
    expect(interfacesOf(system)).toEqual([
      { index: 0, networkId: 'public' },
      { index: 1, networkId: 'private' },
    ]);
  });

  test('asks for the applications of the figure', () => {
    expect(applicationsOf(globus!.system)).toEqual([
      { name: 'globus', operator: '=', version: '4' },
      { name: 'jdk', operator: '=', version: '1.6.0.35' },
      { name: 'ant', operator: '=', version: '1.8.2' },
    ]);
    expect(applicationsOf(postgresql!.system)).toEqual([
      { name: 'PostgreSQL', operator: '>=', version: '8.4.9' },
    ]);
  });

  test('configures each with its resource lines', () => {
    const linesOf = (id: string): unknown[] =>
      configureOf(document, id).flatMap(({ configure: { body } }) =>
        body.kind === 'resource-lines'
          ? body.lines.map((line) => [line.type, line.title, line.attributes])
          : [],
      );
    expect(linesOf('GT4_JAVA_ANT')).toEqual([
      ['add_user', 'trencadis', {}],
      ['deploy_gs', 'Key_Server_Grid_Service.gar', {}],
    ]);
    expect(linesOf('BACKEND_POSTGRESQL')).toEqual([
      ['add_user', 'trencadis', {}],
      ['create_database', 'SQL_Keys', { file: 'database.sql' }],
    ]);
  });

  test('is not a document of IM', () => {
    expect(codesOf(repaired, 'im')).toContain('RADL204');
  });
});

describe('Fig. 3, as printed', () => {
  test('every damage is one problem with its place and remedy, in one answer', () => {
    expect(problemsOf(printed, 'paper')).toEqual([
      'RADL205 error 6:4 write net_interface.1.connection',
      "RADL102 error 10:37 write 'jouds'",
      'RADL201 error 12:1 close the parenthesis of line 3',
      'RADL322 warning 12:1',
      'RADL205 error 12:8 write BACKEND_POSTGRESOL',
      "RADL305 error 13:4 write 'x86_64'",
      'RADL201 error 18:1 close the parenthesis of line 12',
      'RADL315 warning 18:1 write GT4_JAVA_ANT everywhere',
      'RADL201 error 21:6 close the parenthesis of line 18',
      'RADL312 error 21:6 write BACKEND_POSTGRESOL',
      'RADL205 error 21:16 write BACKEND_POSTGRESQL',
      "RADL205 error 23:23 write 'SQL_Keys'",
      'RADL201 error 26:1 close the parenthesis of line 21',
      'RADL312 error 27:1 write BACKEND_POSTGRESOL',
    ]);
  });

  test('what is sound around the damage is read', () => {
    const { document } = readRadl(printed, { dialect: 'paper' });
    expect(document.systems.map(({ id }) => id)).toEqual(['GT4_JAVA_ANT', 'BACKEND_POSTGRESOL']);
    expect(applicationsOf(document.systems[0]!).map(({ name }) => name)).toEqual(['globus', 'jouds', 'art']);
    expect(configureOf(document, 'GT4_JAVA_ANT')).toHaveLength(1);
  });

  test('only the damage of the ids, in an otherwise sound document', () => {
    const text = repaired
      .replace('configure GT4_JAVA_ANT', 'configure GT4-JAVA-ANT')
      .replace('deploy BACKEND_POSTGRESQL', 'deploy POSTGRESQL');
    expect(problemsOf(text, 'paper')).toEqual([
      'RADL322 warning 18:1',
      'RADL315 warning 26:1 write GT4_JAVA_ANT everywhere',
      'RADL312 error 37:1 write BACKEND_POSTGRESQL',
    ]);
    // Where `-` and `_` are not folded, the configure reaches no system.
    expect(problemsOf(text, 'trencadis')).toContain('RADL322 warning 26:1 write GT4_JAVA_ANT');
  });
});

test('`-` and `_` are folded in every reference', () => {
  const text = `network a-b
system x_y (net_interface.0.connection = 'a_b')
configure x-y ()
contextualize (system x-y configure x_y)
deploy x-y 1`;
  const { document, diagnostics } = readRadl(text, { dialect: 'paper' });
  expect(diagnostics.map(({ code }) => code)).toEqual(['RADL315', 'RADL315', 'RADL315', 'RADL315']);
  expect(interfacesOf(document.systems[0]!)).toEqual([{ index: 0, networkId: 'a-b' }]);
  expect(deployedSystems(document)).toHaveLength(1);
  expect(configureOf(document, 'x_y')).toHaveLength(1);
});

test('net_interfaces.count must be the number of interfaces', () => {
  expect(problemsOf(repaired.replace('net_interfaces.count = 2', 'net_interfaces.count = 3'))).toEqual([
    'RADL318 error 9:3 write net_interfaces.count = 2',
  ]);
});
