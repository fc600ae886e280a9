import { describe, expect, test } from 'vitest';
import type { Dialect } from './model.ts';
import { problemsOf } from './testing/problems.ts';

/** The problems of a document whose one system has these features, beside a sound network and a deploy. */
function inSystem(features: string, dialect: Dialect = 'trencadis'): readonly string[] {
  const text = `network n ()\nsystem s (\n${features}\nand net_interface.0.connection = 'n'\n)\ndeploy s 1`;
  return problemsOf(text, dialect);
}

function inNetwork(features: string, dialect: Dialect = 'trencadis'): readonly string[] {
  return problemsOf(`network n (${features})`, dialect);
}

describe('keys', () => {
  test.each([
    ['cpu.cuont = 1', 'RADL301 warning 3:1 write cpu.count'],
    ['disk.3.sise = 1G', 'RADL301 warning 3:1 write disk.3.size'],
    ["disk.1.os.name = 'linux'", 'RADL301 warning 3:1'],
    ['whatever.it.is = 1', 'RADL301 warning 3:1'],
  ])('%s', (features, problem) => {
    expect(inSystem(features)).toContainEqual(expect.stringContaining(problem));
    expect(inSystem(features, 'im')).toContainEqual(expect.stringContaining(problem));
  });

  test("ours are unknown in IM's dialect only", () => {
    const features = "disk.0.os.name = 'linux' and disk.1.size = 1G and disk.1.persistent = 'yes'";
    expect(inSystem(features)).toEqual([]);
    expect(inSystem(features, 'im')).toEqual(['RADL301 warning 3:51']);
    expect(inSystem("repair = 'yes'")).toEqual([]);
    expect(inSystem("repair = 'yes'", 'im')).toEqual(['RADL301 warning 3:1']);
    expect(inSystem("repair = 'perhaps'")).toEqual([expect.stringContaining('RADL305')]);
  });
});

describe('types, operators, units, values: IM refuses these as well', () => {
  test.each([
    ["cpu.count = '2'", 'RADL302 error 3:1 write 2'],
    ['disk.0.os.version = 5.7', "RADL302 error 3:1 write '5.7'"],
    ['memory.size >= 1.5G', 'RADL302 error 3:1 write a smaller unit: 1500M for 1.5G'],
    ["disk.0.applications = 'ant'", 'RADL302 error 3:1'],
    ["cpu.arch contains (name = 'x')", 'RADL302 error 3:1'],
    ["cpu.arch >= 'x86_64'", 'RADL303 error 3:1 write ='],
    ['cpu.count = 2 G', 'RADL304 error 3:1 remove it'],
    ['memory.size = 2 P', 'RADL304 error 3:1 write one of B, K, Ki, M, Mi, G, Gi, T, Ti'],
    ['cpu.performance = 2', 'RADL304 error 3:1'],
    ["cpu.arch = 'i686'", "RADL305 error 3:1 write 'i386'"],
    ["disk.0.os.name = 'solaris'", 'RADL305 error 3:1'],
    ["disk.0.os.version = '1.6.0_35'", "RADL305 error 3:1 write '1.6.0.35'"],
    ["disk.0.os.credentials.new.password = 'short'", 'RADL305 error 3:1'],
    ["disk.0.os.credentials.new.password = 'random(8)'", 'RADL305 error 3:1'],
    ["ansible_host = 'nobody'", 'RADL314 error 3:1'],
  ])('%s', (features, problem) => {
    expect(inSystem(features)).toEqual([problem]);
    expect(inSystem(features, 'im')).toEqual([problem]);
  });

  test.each([
    'memory.size >= 1024m and cpu.performance = 2 ecu and disk.0.size >= 1.5GB',
    "disk.0.os.name = 'Linux' and disk.0.os.version >= '5.7'",
    "disk.0.os.credentials.new.password = 'Long3r-one'",
    "disk.0.image.url = ['one://a/1', 'one://b/2']",
    'cpu.count > 1 and cpu.count <= 4 and memory.size >= 512Mi and memory.size <= 1Gi',
    "disk.0.applications contains (name = 'a' and version >= '1') and disk.0.applications contains (name = 'a' and path = '/a')",
    'soft 10 (memory.size >= 4G) and soft 20 (memory.size >= 8G and cpu.count = 8)',
    "expose.cpu_threshold = 1 and s3.0.access_key = 'x'",
  ])('%s: sound', (features) => {
    expect(inSystem(features)).toEqual([]);
    expect(inSystem(features, 'im')).toEqual([]);
  });
});

describe('what IM accepts in silence is a warning in its dialect and an error in ours', () => {
  test.each([
    ['cpu.count = 2 and cpu.count > 2', 'RADL306', '3:19'],
    ["spot = 'YES'", 'RADL305', '3:1'],
    ['instance_name = 3', 'RADL302', '3:1'],
    ['cpu.count = -1', 'RADL104', '3:13'],
  ])('%s', (features, code, place) => {
    expect(inSystem(features)[0]).toMatch(new RegExp(`^${code} error ${place}`));
    expect(inSystem(features, 'im')[0]).toMatch(new RegExp(`^${code} warning ${place}`));
  });

  test('YES on a network would make it private in IM', () => {
    expect(inNetwork("outbound = 'YES'")).toEqual(["RADL305 error 1:12 write 'yes'"]);
    expect(inNetwork("outbound = 'YES'", 'im')).toEqual(["RADL305 warning 1:12 write 'yes'"]);
  });

  test('a part of a machine cannot be deployed', () => {
    expect(problemsOf('system s ()\ndeploy s 1.5')).toEqual(['RADL320 error 2:1']);
    expect(problemsOf('system s ()\ndeploy s 1.5', 'im')).toEqual(['RADL320 warning 2:1']);
  });
});

describe('repeats', () => {
  test.each([
    ['cpu.count >= 4 and cpu.count <= 2', 'RADL306 error 3:20'],
    ['memory.size >= 1G and memory.size <= 900M', 'RADL306 error 3:23'],
    [
      "cpu.arch = 'x86_64' and cpu.arch = 'i386'",
      "RADL307 error 3:25 keep one, for example cpu.arch = 'x86_64'",
    ],
    ["disk.0.size = 1G and disk.0.size = '1G'", 'RADL308 error 3:22'],
    ['cpu.count >= 1 and cpu.count >= 1', 'RADL309 warning 3:20 remove one'],
    [
      "disk.0.applications contains (name = 'a' and version = '1') and disk.0.applications contains (name = 'a' and version = '2')",
      "RADL307 error 3:110 keep one, for example version = '1'",
    ],
  ])('%s', (features, problem) => {
    expect(inSystem(features)).toContain(problem);
  });

  test('a soft group may ask for more than the rest', () => {
    expect(inSystem('memory.size <= 1G and soft 5 (memory.size >= 2G)')).toEqual([]);
  });
});

describe('outports', () => {
  test.each([
    '22',
    '22,80',
    '8080-80',
    '8080/tcp-80/tcp',
    '53/udp',
    '9000:9010/tcp',
    '10.0.0.0/8-22',
    '10.0.0.0/8-1:9',
  ])('%s: sound', (ports) => expect(inNetwork(`outports = '${ports}'`)).toEqual([]));

  test.each([
    ['22, 23', 'RADL305 error 1:12 write the list without blanks'],
    ['22/sctp', 'RADL305 error 1:12 write tcp, udp or icmp'],
    ['22/tcp-22/udp', 'RADL305 error 1:12'],
    ['::/0-22', 'RADL305 error 1:12'],
    ['1:10-20', 'RADL305 error 1:12'],
  ])('%s', (ports, problem) => {
    expect(inNetwork(`outports = '${ports}'`)[0]).toMatch(new RegExp(`^${problem}`));
  });

  test('IM takes ports that do not exist', () => {
    expect(inNetwork("outports = '70000'", 'im')).toEqual(['RADL305 warning 1:12']);
    expect(inNetwork("outports = '70000'")).toEqual(['RADL305 error 1:12']);
  });
});

describe('interfaces and disks', () => {
  test.each([
    ["system s (net_interface.0.connection = 'm')\nnetwork n", "RADL311 error 1:11 write 'n'"],
    [
      "system s (net_interface.0.dns_name = 'a')",
      "RADL317 error 1:1 add net_interface.0.connection = 'NETWORK'",
    ],
    ["network n ()\nsystem s (net_interface.1.connection = 'n')", 'RADL316 error 2:1'],
    ['system s (disk.0.size = 1G and disk.2.size = 1G)', 'RADL316 error 1:1'],
  ])('%s', (text, problem) => {
    expect(problemsOf(text, 'im')).toContain(problem);
    expect(problemsOf(text)).toContain(problem);
  });

  test('only data disks: sound, though IM refuses it', () => {
    expect(problemsOf('system s (disk.1.size = 1G)')).toEqual([]);
    expect(problemsOf('system s (disk.1.size = 1G)', 'im')).toEqual(['RADL316 error 1:1']);
  });
});

describe('sections', () => {
  test.each([
    ['system s ()\nsystem s ()', 'RADL310 error 2:1 rename one of them or join them'],
    ['network n ()\nnetwork n ()', 'RADL310 error 2:1 rename one of them or join them'],
    ['configure s ()\nconfigure s ()\nsystem s ()', 'RADL310 error 2:1 rename one of them or join them'],
    ['system web ()\ndeploy wbe 1', 'RADL312 error 2:1 write web'],
    ['system web ()\ndeploy completely-different 1', 'RADL312 error 2:1'],
    ["ansible a (host = 'h')", 'RADL319 error 1:1'],
    ['system s ()\nconfigure c ()\ncontextualize (system s configure d)', 'RADL313 error 3:16 write c'],
    ['system s ()\nconfigure c ()\ncontextualize (system t configure c)', 'RADL312 error 3:16 write s'],
    ['system s ()\nconfigure c ()\ncontextualize 1.5 (system s configure c)', 'RADL320 error 3:1'],
    [
      'system s ()\nconfigure c ()\ncontextualize (system s configure c with Ansibel)',
      'RADL323 warning 3:16 write Ansible',
    ],
    [
      'system s ()\nconfigure c ()\ncontextualize (system s configure c step 1 system s configure c step 2)',
      'RADL321 warning 3:44 remove one of them',
    ],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
    expect(problemsOf(text, 'im')).toContain(problem);
  });

  test('IM takes a step that is no whole number', () => {
    const text = 'system s ()\nconfigure c ()\ncontextualize (system s configure c step 1.5)';
    expect(problemsOf(text)).toEqual(['RADL320 error 3:16']);
    expect(problemsOf(text, 'im')).toEqual(['RADL320 warning 3:16']);
  });

  test('what nothing uses is pointed out, but not in the dialect of IM', () => {
    const text = 'network n ()\nsystem s ()\nsystem t ()\nconfigure u ()\ndeploy s 1';
    expect(problemsOf(text)).toEqual([
      'RADL322 warning 1:1',
      'RADL322 warning 3:1',
      'RADL322 warning 4:1 write s',
    ]);
    expect(problemsOf(text, 'im')).toEqual([]);
  });

  test('all problems of a document are in one answer, in the order of the text', () => {
    const text =
      "network n (outbound = 'maybe')\nsystem s (cpu.arch = 'arm' and cpu.count = 'x')\ndeploy t -1";
    expect(problemsOf(text).map((each) => each.split(' ').slice(0, 3).join(' '))).toEqual([
      'RADL322 warning 1:1',
      'RADL305 error 1:12',
      'RADL322 warning 2:1',
      'RADL305 error 2:11',
      'RADL302 error 2:32',
      'RADL312 error 3:1',
      'RADL104 error 3:10',
    ]);
  });
});
