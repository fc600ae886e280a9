import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readRecipe } from './read-recipe.ts';
import { writePlaybooks } from './write-playbooks.ts';

function written(text: string): readonly string[] {
  const read = readRecipe(text);
  expect(read.problems).toEqual([]);
  return writePlaybooks(text, read, 'vm-1');
}

describe('writePlaybooks', () => {
  it('gives plays without hosts the VM and root, and leaves the text as it was', () => {
    const text = `---
  # why
  - tasks:
    - copy: {dest: /a, mode: 0644, content: "it's {{ x }}"}   # kept
    - shell: |
        echo a
          b
  - hosts: wn
    become: no
    roles: [r]
`;
    expect(written(text)).toEqual([
      text
        .replace('---\n  # why\n', '')
        .replace('  - tasks:', '  - hosts: "vm-1"\n    become: true\n    tasks:'),
    ]);
  });

  it('takes one play without its dash, with text of several lines in it', () => {
    const text = `\ntasks:\n  - shell: |\n      a\n\n        b\nvars:\n  x: 'two\n    lines'\n`;
    const [playbook = ''] = written(text);
    expect(parse(playbook)).toEqual([{ hosts: 'vm-1', become: true, ...(parse(text) as object) }]);
  });

  it('takes plays in braces', () => {
    const [playbook = ''] = written(`- {tasks: [{debug: {msg: a}}]}`);
    expect(parse(playbook)).toEqual([{ hosts: 'vm-1', become: true, tasks: [{ debug: { msg: 'a' } }] }]);
  });

  it('makes a playbook of each YAML document, whatever its indentation', () => {
    const playbooks = written(`---\n  - roles: [a]\n---\n- roles: [b]\n...\n--- {roles: [c]}\n`);
    expect(playbooks.map((playbook) => parse(playbook) as unknown)).toEqual(
      ['a', 'b', 'c'].map((role) => [{ hosts: 'vm-1', become: true, roles: [role] }]),
    );
  });

  it('keeps tags, anchors and aliases', () => {
    const text = `- vars: &v\n    x: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      3163\n  roles: []\n- vars: *v\n  roles: []\n`;
    const [playbook = ''] = written(text);
    expect(playbook).toContain('    x: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      3163\n');
    expect(playbook).toContain('- hosts: "vm-1"\n  become: true\n  vars: *v');
  });

  const name = fc.stringMatching(/^[a-z]{1,8}$/);
  const text = fc.stringMatching(/^[ -~\n]{0,30}$/);
  const play = fc.record({ name: text, vars: fc.dictionary(name, text), roles: fc.array(name) });
  test.prop([fc.array(play, { minLength: 1 })])('loses nothing of any plays', (plays) => {
    const [playbook = ''] = written(JSON.stringify(plays, null, 2));
    expect(parse(playbook)).toEqual(plays.map((each) => ({ hosts: 'vm-1', become: true, ...each })));
  });
});

describe('readRecipe', () => {
  it.each(['', '# nothing\n', '---\n'])('takes %j for a recipe without plays', (text) => {
    expect(readRecipe(text)).toEqual({ lists: [], problems: [] });
  });

  it.each([
    ['hello', 'line 1: a recipe is a list of plays'],
    ['- tasks: []\n- hello', 'line 1: a recipe is a list of plays'],
    ['\n- tasks:\n  - a: "b\n', 'line 4: it is not YAML'],
    ['- name: task\n  apt: {name: x}\n', 'line 1: this is no play; a task belongs under the key tasks'],
    ['- tasks: []\n  handler: []\n', "line 2: a play has no key 'handler'"],
    ['- tasks: []\n- import_playbook: x.yml\n', 'line 2: there are no other playbooks'],
    ['- tasks: []\n  vars_prompt: []\n', 'line 2: nobody is there'],
    ['- hosts: localhost\n  tasks: []\n', 'line 1: hosts: localhost would be the platform itself'],
    ['- connection: local\n  tasks: []\n', 'line 1: connection: local would be the platform itself'],
  ])('of %j says: %s', (text, problem) => {
    expect(readRecipe(text).problems.join('\n')).toContain(problem);
  });

  it('does not grow without measure', () => {
    const lines = ['- vars:', '    a0: &a0 [x]'];
    for (let level = 1; level < 20; level++) {
      lines.push(
        `    a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`,
      );
    }
    expect(readRecipe(`${lines.join('\n')}\n`).problems).toEqual([
      'line 1: its aliases grow beyond measure.',
    ]);
  });
});
