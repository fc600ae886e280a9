import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ComponentRepository, openComponentRepository } from '@trencadis/component-repository';
import { createPuppetConfigurator } from '@trencadis/configurator-puppet';
import type { ConfigurationContext, Recipe, RecipeInspection } from '@trencadis/contextualization';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packArchive } from './testing/pack-archive.ts';
import { type Machine, startMachine } from './testing/start-machine.ts';

const modulesDirectory = fileURLToPath(new URL('../../service-descriptions/modules', import.meta.url));
const configurator = createPuppetConfigurator({ modulesDirectory });
const never = new AbortController().signal;

const metadataOf = (name: string, version: string, dependencies: readonly object[] = []): string =>
  JSON.stringify({ name, version, author: 'ours', license: 'MIT', summary: '', source: '', dependencies });

/** Packed as the Forge does, in a folder of its own. */
const web = {
  'ours-web-1.2.0/metadata.json': metadataOf('ours-web', '1.2.0', [
    { name: 'ours/notes', version_requirement: '>= 1.0.0 < 2.0.0' },
  ]),
  'ours-web-1.2.0/manifests/init.pp': `class web (String $greeting) {
  notes::note { '/srv/greeting': text => $greeting }
}
`,
  'ours-web-1.2.0/manifests/site.pp': `define web::site (Integer $port, Boolean $is_open = false) {
  notes::note { "/srv/\${title}": text => "\${port} \${is_open}" }
}
`,
};
const notes = {
  'metadata.json': metadataOf('ours-notes', '1.1.0'),
  'manifests/note.pp': `define notes::note (String $text) {
  file { $title: ensure => file, content => "\${text}\\n" }
}
`,
};

const greet: Recipe = {
  kind: 'text',
  lines: [
    { type: 'group', title: 'readers', attributes: { ensure: 'present', system: 'true' } },
    { type: 'web::site', title: 'shop', attributes: { port: '8080', is_open: 'true' } },
    { type: 'exec', title: 'echo once >/srv/once', attributes: { provider: 'shell', creates: '/srv/once' } },
  ],
  text: `
$names = $trencadis['peers'].map |$peer| { $peer['vmName'] } # }
class { 'web':
  greeting => "hello \${join($names, ', ')} of \${trencadis::context()['infrastructureId']}",
}
file { '/srv/key':
  ensure  => file,
  group   => 'readers',
  mode    => '0640',
  content => $trencadis['secrets']['key'],
}
`,
};

describe('Puppet texts with modules of the component repository', () => {
  let folder: string;
  let machine: Machine;
  let repository: ComponentRepository;
  let context: ConfigurationContext;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trencadis-puppet-modules-'));
    repository = openComponentRepository({ directory: folder });
    await add('ours-web-1.2.0.tar.gz', '1.2.0', web);
    await add('notes.tar.gz', '1', notes);
    machine = await startMachine('cfg-modules', 'base-toolkits', 'admin');
    const peer = { vmName: 'peer-1', systemId: 'peer', addresses: { private: '10.0.0.8' } };
    context = { ...machine.context, peers: [peer], secrets: { key: 'secret-of-test' } };
  });
  afterAll(async () => {
    await machine.stop();
    await rm(folder, { recursive: true });
  });

  async function add(fileName: string, version: string, files: Readonly<Record<string, string>>) {
    const { content } = await packArchive(fileName, files);
    const file = { fileName, version, description: '', type: 'puppet-module' } as const;
    await repository.add({ ...file, content: await content() });
  }

  async function inspect(recipe: Recipe): Promise<RecipeInspection> {
    return configurator.inspect(recipe, [], await repository.list());
  }

  /** As planning and the step would do it. Answers what Puppet said. */
  async function configure(recipe: Recipe, timeoutMs = 120_000): Promise<string> {
    const listed = await repository.list();
    const { componentFiles } = await inspect(recipe);
    const chosen = listed.filter(({ fileName }) => componentFiles.includes(fileName));
    const components = chosen.map((component) => ({
      fileName: component.fileName,
      digest: component.digest,
      content: async () => await repository.read(component),
    }));
    const lines: string[] = [];
    const options = { signal: never, timeoutMs, onLine: (line: string): void => void lines.push(line) };
    const shell = await machine.connect();
    try {
      await configurator.configure(shell, { vmName: machine.name, recipe, components, context }, options);
    } finally {
      await shell.close();
    }
    return lines.join('\n');
  }

  const text = (manifest: string): Recipe => ({ kind: 'text', text: manifest });

  it('names while planning what nobody defines, and finds what the modules need', async () => {
    expect(await inspect(greet)).toEqual({
      problems: [],
      componentFiles: ['ours-web-1.2.0.tar.gz', 'notes.tar.gz'],
      databases: [],
      usesPeers: true,
    });
    expect((await inspect(text("\nweb::sight { 'x': port => 1 }"))).problems).toEqual([
      "line 2: the module ours-web 1.2.0 has no type 'web::sight'; did you mean 'web::site'.",
    ]);
    expect((await inspect(text("pakage { 'x': }"))).problems).toEqual([
      "line 1: there is no resource type 'pakage'; did you mean 'package'.",
    ]);
  });

  it('applies lines and then the text, with what the platform knows', async () => {
    const said = await configure(greet);
    expect(said).not.toContain('secret-of-test');
    expect(await machine.script('cat /srv/shop /srv/once /srv/greeting /srv/key')).toBe(
      '8080 true\nonce\nhello peer-1 of inf-testtest\nsecret-of-test',
    );
    expect(await machine.script("stat -c '%U:%G %a' /srv/key /etc/trencadis/recipe/recipe.pp")).toBe(
      'root:readers 640\nroot:root 600\n',
    );
  });

  it('changes nothing the second time', async () => {
    expect(await configure(greet)).not.toMatch(/created|changed|executed/);
    const paths = '$(echo /var/lib/trencadis/modules/*):$(echo /var/lib/trencadis/recipe-modules/*)';
    const again = `puppet apply --detailed-exitcodes --modulepath "${paths}"`;
    expect(await machine.script(`${again} --execute 'include trencadis::recipe'`)).toContain('Applied');
    expect(await machine.script(`${again} /etc/trencadis/recipe`)).toContain('Applied catalog');
  });

  it('names line and message of what Puppet cannot read, and applies nothing', async () => {
    const lines = [{ type: 'file', title: '/srv/not', attributes: { ensure: 'file' } }];
    const recipe: Recipe = { kind: 'text', lines, text: "\nfile { '/srv/x':\n  ensure = file,\n}\n" };
    await expect(configure(recipe)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(/cannot be read: line 3, column \d+: Syntax error at '='/),
    });
    expect(await machine.script('ls /srv')).not.toContain('not');
  });

  it('names the line of a resource that fails', async () => {
    const failing = text("\n\nexec { '/bin/false': }\nnotes::note { '/no/folder/x': text => 'x' }");
    await expect(configure(failing)).rejects.toThrow('line 3: Exec[/bin/false]: exit code 1');
    const inside = text("notes::note { '/no/folder/x': text => 'x' }");
    await expect(configure(inside)).rejects.toThrow(/notes\/manifests\/note\.pp, line 2: File\[/);
    await expect(configure(text('\nfail("no ${1 + 1}")'))).rejects.toThrow('line 2: no 2');
  });

  it('kills what hangs, with all that it started', async () => {
    const hanging = text(
      `exec { '/bin/sh -c "trap : TERM; while true; do sleep 4711; done"': timeout => 0 }`,
    );
    await expect(configure(hanging, 8000)).rejects.toMatchObject({ code: 'unavailable' });
    const remains = `systemctl is-active trencadis-puppet.service || true; ps -eo args | grep -c '[s]leep 4711' || true`;
    expect(await machine.script(`sleep 6; ${remains}`)).toBe('inactive\n0\n');
  });
});
