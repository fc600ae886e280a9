import { describe, expect, it } from 'vitest';
import { type PuppetMessage, describeFailures, readPuppetLog } from './puppet-log.ts';

const message = (level: string, source: string, text: string): PuppetMessage => ({
  level,
  source,
  message: text,
});

const deploy = '/Stage[main]/Trencadis::Recipe/Trencadis::Deploy_gs[X.gar]';
const wait = `${deploy}/Exec[wait until x is alive]/returns`;
const failedCommand = `'["/usr/local/bin/node", "--seconds", "60"]' returned 1 instead of one of [0]`;

describe('describeFailures', () => {
  it('names the line of the recipe, the resource, the exit code and what the command said', () => {
    const log = [
      message('notice', 'Puppet', 'Compiled catalog'),
      message('notice', `${deploy}/File[/opt/x]/ensure`, 'created'),
      message('notice', wait, 'refused. The last lines:'),
      message('notice', wait, 'cannot open the vault'),
      message('err', 'Puppet', failedCommand),
      message('err', wait, `change from 'notrun' to ['0'] failed: ${failedCommand}`),
      message('err', `${deploy}/File[/later]/ensure`, "change from 'absent' to 'file' failed: no"),
    ];
    expect(describeFailures(log)).toBe(
      "deploy_gs {'X.gar'}: Exec[wait until x is alive]: exit code 1\nrefused. The last lines:\ncannot open the vault",
    );
  });

  it.each([
    ['/etc/trencadis/recipe/recipe.pp', 'line 3: '],
    [
      `/var/lib/trencadis/recipe-modules/${'a'.repeat(64)}/web/manifests/init.pp`,
      'web/manifests/init.pp, line 3: ',
    ],
    [`/var/lib/trencadis/modules/${'a'.repeat(64)}/trencadis/manifests/recipe.pp`, ''],
  ])('names the place of a resource in %s', (file, place) => {
    const failed = message('err', '/Stage[main]/Main/Exec[/bin/false]/returns', failedCommand);
    expect(describeFailures([{ ...failed, file, line: 3 }])).toBe(`${place}Exec[/bin/false]: exit code 1`);
  });

  it('says which line of a text cannot be evaluated', () => {
    const text = 'Evaluation Error: no (file: /etc/trencadis/recipe/recipe.pp, line: 2, column: 1) on node x';
    expect(describeFailures([message('err', 'Puppet', text)])).toBe('no (line 2, column: 1) on node x');
  });

  it('names a resource that belongs to no line', () => {
    const source = '/Stage[main]/Trencadis::Postgresql/Service[postgresql@15-main]/ensure';
    const text = "change from 'stopped' to 'running' failed: Systemd start failed!";
    expect(describeFailures([message('err', source, text)])).toBe(
      'Service[postgresql@15-main]: Systemd start failed!',
    );
  });

  it('says what is wrong with the recipe as a whole without the inside of Puppet', () => {
    const path = `/var/lib/trencadis/modules/${'a'.repeat(64)}/trencadis/manifests/recipe.pp`;
    const text = `Evaluation Error: Error while evaluating a Resource Statement, Evaluation Error: Error while evaluating a Function Call, The service needs it. (file: ${path}, line: 5)`;
    expect(describeFailures([message('err', 'Puppet', text)])).toBe(
      'The service needs it. (file: trencadis/manifests/recipe.pp, line: 5)',
    );
  });

  it('keeps the last lines of a long output', () => {
    const lines = Array.from({ length: 50 }, (_, index) => message('notice', wait, `line ${index}`));
    const described = describeFailures([...lines, message('err', wait, failedCommand)]);
    expect(described).toContain('line 49');
    expect(described).not.toContain('line 29\n');
  });

  it('has something to say without an error', () => {
    expect(describeFailures([])).toBe('Puppet did not say why.');
  });
});

describe('readPuppetLog', () => {
  const entry = JSON.stringify(message('err', 'Puppet', 'x]'));
  it.each([`[\n${entry}\n]`, `[\n${entry}\n`, `[\n${entry}\n,\n`, `[\n${entry}\n,\n${entry}`])(
    'reads %j',
    (text) => {
      expect(readPuppetLog(text)[0]).toMatchObject({ message: 'x]' });
    },
  );
});
