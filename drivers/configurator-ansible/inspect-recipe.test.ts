import { describe, expect, it } from 'vitest';
import { inspectRecipe } from './inspect-recipe.ts';

const inspect = (text: string) => inspectRecipe({ kind: 'text', text });

describe('inspectRecipe', () => {
  it('names the files of the roles and collections that the plays use', () => {
    const text = `
- collections: [some.where]
  vars: {net.ipv4.ip_forward: 1}
  roles:
    - plain
    - {role: micafer.hadoop, hadoop_master: x}
    - name: ours.things.web
  tasks:
    - include_role: {name: inner}
    - ansible.builtin.import_role: name=other tasks_from=x
    - include_role: {name: '{{ any }}'}
    - block:
        - ours.more.thing: {}
      rescue:
        - ansible.builtin.debug: {msg: a}
`;
    expect(inspect(text)).toEqual({
      problems: [],
      componentFiles: [
        'plain.tar.gz',
        'micafer.hadoop.tar.gz',
        'inner.tar.gz',
        'other.tar.gz',
        'some.where.tar.gz',
        'ours.things.tar.gz',
        'ours.more.tar.gz',
      ],
      databases: [],
      usesPeers: true,
    });
  });

  it('asks the repository for the roles and collections among the applications', () => {
    const names = ['ansible.roles.a.b,v1', 'ansible.modules.c', 'ansible.collections.d.e'];
    const more = ['ansible.roles.git+https://x.org/y|z', 'nginx'];
    const applications = [...names, ...more].map((name) => ({ name }));
    const recipe = { kind: 'text', text: '- roles: []' } as const;
    expect(inspectRecipe(recipe, applications)).toMatchObject({
      problems: [],
      componentFiles: ['a.b.tar.gz', 'c.tar.gz', 'd.e.tar.gz', 'z.tar.gz'],
    });
    const wrong = [{ name: 'ansible.roles.https://x.org/y' }, { name: '-o x' }];
    const { problems } = inspectRecipe(recipe, wrong);
    expect(problems).toEqual([
      expect.stringContaining("'ansible.roles.https://x.org/y' names no role"),
      "'-o x' is no name of a package.",
    ]);
    const inImage = [{ name: 'ansible.roles.a', isInImage: true }];
    expect(inspectRecipe(recipe, inImage).componentFiles).toEqual([]);
  });

  it('refuses names that are paths, and what is no text', () => {
    expect(inspect('- roles: [../x]').problems).toEqual([expect.stringContaining("'../x' is no name")]);
    expect(inspectRecipe({ kind: 'resource-lines', lines: [] }).problems.join('')).toContain(
      'resource lines',
    );
  });

  it('has nothing to say of what is encrypted', () => {
    expect(inspect('\n  $ANSIBLE_VAULT;1.1;AES256\n  3163\n').problems).toEqual([]);
  });
});
