import type { OfferedComponent } from '@trencadis/contextualization';
import { describe, expect, it } from 'vitest';
import { inspectRecipe } from './inspect-recipe.ts';

type Module = NonNullable<OfferedComponent['puppetModule']>;

function offer(fileName: string, module: Partial<Module> = {}): OfferedComponent {
  const bare = { version: '1.0.0', dependencies: [], manifests: [], types: [] };
  const [, name = ''] = /^(?:\w+-)?(\w+)/.exec(fileName) ?? [];
  return { fileName, type: 'puppet-module', puppetModule: { name: `ours-${name}`, ...bare, ...module } };
}

const offered: readonly OfferedComponent[] = [
  offer('ours-web-1.2.0.tar.gz', { version: '1.2.0', manifests: ['web', 'web::site'] }),
  offer('ours-web-1.10.0.tar.gz', {
    version: '1.10.0',
    manifests: ['web', 'web::site'],
    dependencies: [
      { name: 'ours-stdlib', range: '>= 4.13.1 < 9.0.0' },
      { name: 'ours-concat', range: '' },
    ],
  }),
  offer('ours-stdlib-8.0.0.tar.gz', { version: '8.0.0', types: ['file_line'] }),
  offer('ours-stdlib-9.1.0.tar.gz', { version: '9.1.0', types: ['file_line'] }),
  offer('concat.tar.gz', { version: '2.0.0', dependencies: [{ name: 'ours-stdlib', range: '8.x' }] }),
  { fileName: 'plain.tar.gz', type: 'tar' },
];

const inspect = (text: string) => inspectRecipe({ kind: 'text', text }, [], offered);
const webFiles = ['ours-web-1.10.0.tar.gz', 'ours-stdlib-8.0.0.tar.gz', 'concat.tar.gz'];

describe('a text in Puppet, read while planning', () => {
  it.each([
    'include web',
    "class { 'web': }",
    'contain ::web, web::site',
    "class { ['web', 'web::site']: }",
    "web::site { 'x': }",
    '@web::site { $x: }',
    '$x = web::f(1)',
    'define own(Web::Port $port) {}',
    "file { '/x': source => 'puppet:///modules/web/x' }",
    'class site inherits web { }',
  ])('finds the module of %s, the newest, and what it needs in turn', (text) => {
    expect(inspect(text)).toMatchObject({ problems: [], componentFiles: webFiles });
  });

  it.each([
    '# include web {\n/* ( */ $a = 4 / 2 $b = 6 / 3',
    '$a = \'include web {\' $b = "web::site { \\" \\${ ( "',
    '$a = @(END)\n  include web { "\n  | - END\n$b = 1',
    '$a = @("A B":json/L)\n  ${ (\n  A B\n',
    'if $x =~ /[{("\']\\/web::x/ { } elsif $y in [1] { }',
    "class own::part { } include own::part\ndefine small { } small { 'x': }",
    "case $facts['kernel'] { 'a': { } default: { } }",
    '$x = "a ${y ? { 1 => "}", default => $z["q"] }} {"',
    'node default { } unless true { } else { }',
    "stage { 'a': } Exec { path => '/bin' } $l.each |$x| { notify { $x: } }",
    "user { 'a': require => Package['b'], before => [User['c']] }",
  ])('finds none in %j', (text) => {
    expect(inspect(text)).toMatchObject({ problems: [], componentFiles: [] });
  });

  it.each([
    ["\nfile { '/x':", "line 2: the '{' is not closed."],
    ['$a = [1,\n2)', "line 2: the ')' stands where the '[' of line 1 should close."],
    ['\n/* a', 'line 2: the comment /* is not closed.'],
    ['}\n', "line 1: the '}' closes nothing."],
    ["\n$a = 'b\n", "line 2: the quote ' is not closed."],
    ['\n$a = "b${c}d\n', 'line 2: the quote " is not closed.'],
    ['$a = "b\n${c\n', "line 2: the '${' is not closed."],
    ['$a = @(END)\nx\n', 'line 1: the text @(END) has no line with END at its end.'],
    ["\nservise { 'a': }", "line 2: there is no resource type 'servise'; did you mean 'service'."],
    ["file_lin { 'a': }", "line 1: there is no resource type 'file_lin'; did you mean 'file_line'."],
    ['include web::sight', "line 1: the module ours-web 1.10.0 has no class 'web::sight'; did you mean"],
    ['include wob', 'line 1 needs wob, and the component repository does not hold it: add AUTHOR-wob-'],
    ['include plain', 'plain.tar.gz is in the component repository, but not as a Puppet module'],
    ["host { 'a': }", 'line 1 needs host_core, and the component repository does not hold it'],
    ["trencadis::deploy_gs { 'a': }", 'line 1: write deploy_gs as a resource line'],
  ])('says what is wrong with %j', (text, problem) => {
    expect(inspect(text).problems).toEqual([expect.stringContaining(problem)]);
  });

  it('finds the module of a type written in Ruby, which does not say it', () => {
    expect(inspect("file_line { 'a': }").componentFiles).toEqual(['ours-stdlib-9.1.0.tar.gz']);
  });

  it('names who needs a module that is not there, or not in that version', () => {
    const without = offered.filter(({ fileName }) => !fileName.includes('stdlib'));
    const problemsWith = (...more: OfferedComponent[]) =>
      inspectRecipe({ kind: 'text', text: 'include web' }, [], [...without, ...more]).problems;
    const wanted =
      'ours-web 1.10.0 needs ours-stdlib >= 4.13.1 < 9.0.0 and ours-concat 2.0.0 needs ours-stdlib 8.x';
    expect(problemsWith()).toEqual([
      `${wanted}, and the component repository does not hold it: add ours-stdlib-VERSION.tar.gz with --type puppet-module.`,
    ]);
    expect(problemsWith(offer('stdlib.tar.gz', { version: '9.0.0' }))).toEqual([
      `${wanted}; the component repository holds ours-stdlib 9.0.0.`,
    ]);
  });

  it.each(['/*', "'", '"${', '@(', '@(a:', '(/', 'include ', 'a::', '{', "'a'", 'a\n'])(
    'reads much of %j without harm',
    (piece) => {
      expect(() => inspect(piece.repeat(50_000))).not.toThrow();
      expect(() => inspect(`'${piece.replaceAll("'", '').repeat(200_000)}'`)).not.toThrow();
    },
  );

  it('knows whether it speaks of peers', () => {
    expect(inspect("$x = $trencadis['peers']").usesPeers).toBe(true);
    expect(inspect("$x = $trencadis['addresses']").usesPeers).toBe(false);
  });

  it('reads the lines beside a text too', () => {
    const lines = [{ type: 'web::site', title: 'x', attributes: {} }];
    const recipe = { kind: 'text', text: "file { '/x': }", lines } as const;
    expect(inspectRecipe(recipe, [], offered)).toMatchObject({ problems: [], componentFiles: webFiles });
  });
});
