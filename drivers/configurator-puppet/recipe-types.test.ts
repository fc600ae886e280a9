import { readFile } from 'node:fs/promises';
import type { ResourceLine } from '@trencadis/contextualization';
import { describe, expect, it } from 'vitest';
import { inspectRecipe } from './inspect-recipe.ts';
import { recipeTypes } from './recipe-types.ts';

const manifests = new URL('../../service-descriptions/modules/trencadis/manifests/', import.meta.url);

const line = (type: string, title: string, attributes: Record<string, string> = {}): ResourceLine => ({
  type,
  title,
  attributes,
});
const problems = (...lines: ResourceLine[]): readonly string[] =>
  inspectRecipe({ kind: 'resource-lines', lines }).problems;
const addUser = line('add_user', 'trencadis');

describe('the lines of a recipe', () => {
  it('finds none in the recipes of Fig. 3', () => {
    expect(problems(addUser, line('deploy_gs', 'Key_Server_Grid_Service.gar'))).toEqual([]);
    expect(problems(addUser, line('create_database', 'SQL_Keys', { file: 'database.sql' }))).toEqual([]);
  });

  it('takes all attributes of a user', () => {
    const attributes = { shell: '/bin/bash', home: '/srv/x', groups: 'adm, video' };
    expect(problems(line('add_user', 'x', attributes))).toEqual([]);
  });

  it.each([
    [line('add_usr', 'x'), "add_usr {'x'}: there is no resource type 'add_usr'; did you mean 'add_user'."],
    [line('pakage', 'x'), "there is no resource type 'pakage'; did you mean 'package'."],
    [line('package', 'x', { ensur: 'latest' }), "has no attribute 'ensur'; did you mean 'ensure'."],
    [line('file', 'x'), "file {'x'}: the title must be an absolute path."],
    [line('service', 'x', { ensure: 'runing' }), "'ensure' must be running or stopped."],
    [line('exec', 'make it'), "exec {'make it'}: it would run each time"],
    [line('cron', 'x'), "cron {'x'} needs cron_core, and the component repository does not hold it"],
    [line('web::site', 'x'), "web::site {'x'} needs web, and the component repository does not hold it"],
    [line('constructor', 'x'), "there is no resource type 'constructor'"],
    [line('add_user', 'Root; rm'), "add_user {'Root; rm'}: the title must be a user name"],
    [
      line('add_user', 'x', { shel: '/bin/sh' }),
      "add_user {'x'} has no attribute 'shel'; did you mean 'shell'.",
    ],
    [line('add_user', 'x', { require: 'y' }), "has no attribute 'require'"],
    [line('add_user', 'x', { home: 'srv' }), "add_user {'x'}: 'home' must be an absolute path."],
    [line('create_database', 'SQL_Keys'), "the attribute 'file' is missing"],
    [line('create_database', 'a"b', { file: 'x.sql' }), 'the title must be a database name'],
    [line('create_database', 'a', { file: '../x.sql' }), "'file' must be the name of a component file"],
  ])('says what is wrong with %o', (wrong, message) => {
    expect(problems(wrong)).toEqual([expect.stringContaining(message) as string]);
  });

  it('says all problems at once', () => {
    expect(problems(line('deploy_gs', 'x'), line('deploy_gs', 'x'), line('y', 'z'))).toHaveLength(5);
  });

  it('wants the user of the services before the first of them', () => {
    const deploy = line('deploy_gs', 'X.gar');
    const wanted = [expect.stringContaining("add add_user {'trencadis': } before it") as string];
    expect(problems(deploy)).toEqual(wanted);
    expect(problems(deploy, addUser)).toEqual(wanted);
  });
});

describe('recipeTypes', () => {
  it.each(Object.entries(recipeTypes))('has the parameters of the defined type %s', async (name, type) => {
    const manifest = await readFile(new URL(`${name}.pp`, manifests), 'utf8');
    const header = new RegExp(`^define trencadis::${name} \\((.*?)\\) \\{$`, 'ms').exec(manifest);
    const parameters = header?.[1] ?? 'no such define';
    expect(parameters).not.toBe('no such define');
    const found = [...parameters.matchAll(/\$(\w+)( = )?/g)];
    const names = (isOptional: boolean): string[] =>
      found
        .filter(([, , equals]) => (equals !== undefined) === isOptional)
        .map(([, parameter = '']) => parameter);
    expect(names(false)).toEqual(Object.keys(type.required));
    expect(names(true).toSorted()).toEqual(Object.keys(type.optional).toSorted());
  });
});
