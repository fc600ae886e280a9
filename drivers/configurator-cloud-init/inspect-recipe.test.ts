import { joinUserData } from '@trencadis/contextualization';
import { describe, expect, it } from 'vitest';
import { createCloudInitConfigurator } from './index.ts';

const configurator = createCloudInitConfigurator();
const problemsOf = (text: string) => configurator.inspect({ kind: 'text', text }).problems.join('\n');

describe('inspect', () => {
  it.each([
    ['a cloud-config', '#cloud-config\npackages: [vim]\nruncmd:\n  - [id]\n'],
    ['one without its first line, as the Infrastructure Manager takes it', '\n  runcmd:\n    - id\n'],
    ['a key that only some versions know', '#cloud-config\nbrand_new: 1\n'],
    ['a script', '#!/bin/sh -e\nid: [\n'],
    ['several', joinUserData(['runcmd: [id]', '#!/bin/sh\nid\n', 'packages: [año]'])],
  ])('has nothing against %s', (_, text) => {
    expect(problemsOf(text)).toBe('');
  });

  it.each([
    ['what is not YAML, with its line', '#cloud-config\nruncmd: [id\n', /line \d: it is not YAML/],
    ['a key that is there twice', 'runcmd: [id]\nruncmd: [ls]\n', /line 3: .*unique/],
    ['a list', '#cloud-config\n- id\n', /is a mapping of keys/],
    ['nothing', '', /is a mapping of keys/],
    ['a kind that it does not take', '#include\nhttp://192.0.2.1/\n', /begin with #cloud-config or.*#!/],
    ['more than VM managers take', `#!/bin/sh\n${'#'.repeat(16_384)}`, /16394 bytes.* 16384 bytes/],
    ['one of several', joinUserData(['runcmd: [id]', 'packages: [']), /not YAML/],
  ])('names %s', (_, text, problem) => {
    expect(problemsOf(text)).toMatch(problem);
  });

  it('refuses resource lines, which are of Puppet', () => {
    const lines = [{ type: 'add_user', title: 'ana', attributes: {} }];
    expect(configurator.inspect({ kind: 'resource-lines', lines }).problems[0]).toMatch(/no resource lines/);
  });

  it('depends on no other VM, file or database', () => {
    const inspection = configurator.inspect({ kind: 'text', text: 'runcmd: [id]' });
    expect(inspection).toEqual({ problems: [], componentFiles: [], databases: [], usesPeers: false });
  });
});
