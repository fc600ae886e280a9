import { describe, expect, test } from 'vitest';
import type { Dialect } from './model.ts';
import { printRadl } from './print.ts';
import { readRadl } from './read.ts';
import { codesOf, problemsOf, withoutSpans } from './testing/problems.ts';

const paperDocument = `system broker (
  cpu.count >= 1
)

service brokers (
  system = 'broker' and
  replicas.min = 2 and
  replicas.max = 5 and
  balancer.port = 8443 and
  balancer.protocol = 'https' and
  health.path = '/readyz' and
  scale.metric = 'cpu' and
  scale.above = 80 and
  scale.for = 60 and
  scale.step = 1
)

deploy brokers

output url (
  value = 'endpoint' and
  service = 'brokers' and
  path = '/'
)
`;

/** Problems of a service with these features more, beside a sound system. */
function inService(features: string, dialect: Dialect = 'trencadis'): readonly string[] {
  return problemsOf(`system s ()\nservice v (system = 's' and\n${features}\n)\ndeploy v`, dialect);
}

describe('a service', () => {
  test.each(['trencadis', 'paper'] as const)(
    'is read in %s, with the words of its keys, and printed',
    (dialect) => {
      const { document, diagnostics } = readRadl(paperDocument, { dialect });
      expect(diagnostics).toEqual([]);
      expect(document.services[0]?.features).toHaveLength(10);
      expect(withoutSpans(document.deploys)).toEqual([{ systemId: 'brokers', count: 1 }]);
      expect(printRadl(document)).toBe(paperDocument);
    },
  );

  test.each([
    ["service w (system = 's')\ndeploy v\ndeploy w", 'RADL331 error 3:12 declare a system of its own'],
    ['deploy v\ndeploy s 1', 'RADL331 error 2:12 declare a system of its own'],
  ])('has its replicas for itself: %j', (rest, problem) => {
    expect(problemsOf(`system s ()\nservice v (system = 's')\n${rest}`, 'trencadis')).toEqual([problem]);
  });

  test('is nothing to IM: its words are', () => {
    expect(codesOf(paperDocument, 'im')).toContain('RADL202');
    expect(codesOf('deploy web 1\nservice x ()', 'im')).toEqual(['RADL312', 'RADL202']);
    expect(readRadl('deploy web 1\nservice x ()', { dialect: 'im' }).document.deploys[0]?.cloudId).toBe(
      'service',
    );
  });

  test.each([
    ['replicas.min = 3 and replicas.max = 2', 'RADL331 error 3:22'],
    ['replicas.min >= 1', 'RADL303 error 3:1 write ='],
    ['replicas.min = 1.5', 'RADL302 error 3:1'],
    ['replicas.mni = 1', 'RADL301 warning 3:1 write replicas.min'],
    ['balancer.port = 0', 'RADL332 error 3:1'],
    ['balancer.port = 70000', 'RADL332 error 3:1'],
    ["balancer.protocol = 'ftp'", 'RADL305 error 3:1'],
    ["balancer.sticky = 'yes'", 'RADL330 error 3:1 add balancer.port = ...'],
    ['health.timeout = 2', 'RADL331 error 3:1'],
    ['health.interval = 1', 'RADL331 error 3:1'],
    ["health.path = '/x'", "RADL331 error 3:1 add health.protocol = 'http'"],
    ["health.protocol = 'http' and health.path = 'x'", 'RADL331 error 3:30'],
    ['scale.for = 60', 'RADL330 error 3:1 add scale.above = ...'],
    ['scale.above = 80', 'RADL330 error 3:1 add replicas.max = ...'],
    ['replicas.max = 3 and scale.above = 101', 'RADL331 error 3:22'],
    ['replicas.max = 3 and scale.above = 50 and scale.below = 50', 'RADL331 error 3:43'],
    ["replicas.max = 3 and scale.1.above = 101 and scale.1.metric = 'cpu'", 'RADL331 error 3:22'],
    ["replicas.max = 3 and scale.1.metric = 'latency'", 'RADL330 error 3:22 add scale.1.above = ...'],
    ["balancer.with = 'v'", 'RADL331 error 3:1'],
    ["balancer.with = 'nobody'", 'RADL312 error 3:1'],
    ["balancer.port = 80 and balancer.address = '10.0.0'", 'error 3:24'],
    ["balancer.port = 80 and balancer.kind = 'haproxy' and scale.engine = 'native'", 'RADL331 error 3:24'],
    ['schedule.0.replicas = 2', 'RADL330 error 3:1 add schedule.0.at = ...'],
    ["schedule.0.at = '0 8 * * *'", 'RADL330 error 3:1 add schedule.0.replicas = ...'],
    ["schedule.0.at = 'daily' and schedule.0.replicas = 2", 'error 3:1'],
    ["replicas.max = 3 and scale.above = 50 and scale.steps = 'more'", 'error 3:43'],
    ["replicas.max = 3 and scale.above = 50 and scale.datapoints = '5/3'", 'error 3:43'],
    ["scale.up_limit = '4'", 'error 3:1'],
    ["roll.checkpoints = '0'", 'error 3:1'],
    ["hook.launch.timeout = 0 and hook.launch.command = 'true'", 'error 3:1'],
  ])('%s', (features, problem) => {
    expect(inService(features)).toContainEqual(expect.stringContaining(problem));
  });

  test.each([
    ["service v (system = 'nobody')\nsystem s ()\ndeploy v\ndeploy s 1", 'RADL312 error 1:12'],
    ['system s ()\nservice v (replicas.min = 1)\ndeploy v', 'RADL330 error 2:1 add system = ...'],
    ["system s ()\nservice v (system = 's')\ndeploy v 3", 'RADL320 error 3:1 write deploy v'],
    ["system s ()\nservice s (system = 's')\ndeploy s", 'RADL310 error 2:1 rename the service'],
    ["system s ()\nservice v (system = 's')\ndeploy s 1", 'RADL322 warning 2:1'],
    [
      "system s ()\nservice v (system = 's')\ndeploy v\ndeploy s 1",
      'RADL331 error 2:12 declare a system of its own',
    ],
    [
      "system s ()\nservice v (system = 's')\nservice w (system = 's')\ndeploy v\ndeploy w",
      'RADL331 error 3:12 declare a system of its own',
    ],
    ["system s ()\nservice v (system = 's')\nservice v (system = 's')\ndeploy v", 'RADL310 error 3:1'],
    ['system s ()\nservice v (cpu.count = 1', 'RADL201 error 2:24'],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)).toContainEqual(expect.stringContaining(problem));
  });

  test('may have the system of a service that is not deployed', () => {
    const text = "system s ()\nservice v (system = 's')\nservice w (system = 's')\ndeploy v";
    expect(problemsOf(text).filter((each) => each.includes('error'))).toEqual([]);
  });

  test.each([
    "balancer.kind = 'native' and balancer.port = 80 and scale.engine = 'native'",
    "scale.up_limit = ['4/15', '100%/60'] and scale.warmup = 5",
    "replicas.max = 3 and scale.above = 50 and scale.1.above = 250 and scale.1.metric = 'latency'",
    "schedule.0.at = '0 8 * * 1-5' and schedule.0.max = 4",
  ])('%s', (features) => {
    expect(inService(features).filter((each) => each.includes('error'))).toEqual([]);
  });

  test('is deployed before or behind its declaration, and on a cloud', () => {
    const text = "deploy v onprem\nservice v (system = 's')\nsystem s ()";
    expect(problemsOf(text)).toEqual([]);
    expect(readRadl(text).document.deploys[0]).toMatchObject({ systemId: 'v', count: 1, cloudId: 'onprem' });
    expect(problemsOf('system s ()\ndeploy s')).toContain('RADL201 error 2:8');
  });
});

describe('inputs and outputs', () => {
  test.each([
    ["input a (type = 'strnig')", 'RADL305 error 1:10'],
    ["input a (type = 'choice')", 'RADL330 error 1:1 add choices = ...'],
    ["input a (type = 'choice' and choices = ['1', '2'] and default = '3')", 'RADL331 error 1:1'],
    ["input a (type = 'number' and default = 'x')", 'RADL331 error 1:1'],
    ["input a (type = 'number' and min = 2 and default = 1)", 'RADL331 error 1:1'],
    ["input a (type = 'number' and min = 2 and max = 1)", 'RADL331 error 1:1'],
    ["input a (choices = ['1'])", "RADL331 error 1:1 write type = 'choice'"],
    ["input a (type = 'boolean' and default = 'maybe')", 'RADL331 error 1:1'],
    ["output a (value = 'address')", 'RADL330 error 1:1 add system = ...'],
    ["output a (system = 's')", 'RADL330 error 1:1 add value = ...'],
    ["system s ()\noutput a (value = 'endpoint' and system = 's')", 'RADL330 error 2:1 add port = ...'],
    ["system s ()\noutput a (value = 'secret' and system = 's')", 'RADL330 error 2:1 add secret = ...'],
    ["system s ()\noutput a (value = 'address' and system = 't')", 'RADL312 error 2:33'],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)).toContainEqual(expect.stringContaining(problem));
  });
});

describe('their words stay free', () => {
  test.each([
    "network service (outbound = 'yes')\nsystem input (net_interface.0.connection = 'service')\ndeploy input 1 output",
    'system service ()\nconfigure service ()\ncontextualize (system service configure service step 1)\ndeploy service 2',
    "system s (input.0.provider = 'x' and output.0.path = '/y')\nconfigure s (\n  service {'sshd': input => output}\n)\ndeploy s 1",
    'network output\nsystem input\ndeploy input 1',
  ])('%s', (text) => {
    expect(problemsOf(text, 'trencadis').filter((each) => !each.includes('RADL322'))).toEqual([]);
    const { services, inputs, outputs } = readRadl(text, { dialect: 'trencadis' }).document;
    expect([services, inputs, outputs]).toEqual([[], [], []]);
  });

  test('a section without its end does not swallow a service', () => {
    const { document } = readRadl("system s (\n  cpu.count = 1\nservice v (system = 's')\ndeploy v");
    expect(document.services[0]?.features).toHaveLength(1);
    expect(document.systems[0]?.features).toHaveLength(1);
  });
});
