import { describe, expect, it } from 'vitest';
import type { ComponentRepositoryHarness } from '../conformance.ts';
import { packGar } from './pack-gar.ts';

const metadata = {
  name: 'ours/web',
  version: '1.2.0',
  author: 'ours',
  dependencies: [{ name: 'puppetlabs/stdlib', version_requirement: '>= 4.13.1 < 10.0.0' }, { name: 'a-b' }],
};
const module = { fileName: 'ours-web-1.2.0.tar.gz', version: '1.2.0', description: '' };
const type = 'puppet-module';

export function describePuppetModules(harness: () => ComponentRepositoryHarness): void {
  describe('Puppet modules', () => {
    it.each(['', './', 'ours-web-1.2.0/'])(
      'are kept with what they say of themselves, below "%s"',
      async (root) => {
        const names = [
          'metadata.json',
          'manifests/init.pp',
          'manifests/site/tls.pp',
          'lib/puppet/type/web_key.rb',
        ];
        const content = await packGar(
          Object.fromEntries(names.map((name) => [`${root}${name}`, JSON.stringify(metadata)])),
        );
        const added = await harness().repository.add({ ...module, type, content });
        expect(added.puppetModule).toEqual({
          name: 'ours-web',
          version: '1.2.0',
          dependencies: [
            { name: 'puppetlabs-stdlib', range: '>= 4.13.1 < 10.0.0' },
            { name: 'a-b', range: '' },
          ],
          manifests: ['web', 'web::site::tls'],
          types: ['web_key'],
        });
        expect(await harness().sameRepository.find(module.fileName)).toEqual(added);
      },
    );

    it.each([
      ['no metadata.json', { 'manifests/init.pp': '' }],
      ['metadata.json is not JSON', { 'metadata.json': '{' }],
      ["must be 'author-module'", { 'metadata.json': JSON.stringify({ ...metadata, name: 'web' }) }],
      ["'b' is not beside", { 'a/metadata.json': JSON.stringify(metadata), b: '' }],
      ['outside its folder', { '../x': '', 'metadata.json': JSON.stringify(metadata) }],
    ])('are refused: %s', async (reason, files) => {
      const added = harness().repository.add({ ...module, type, content: await packGar(files) });
      await expect(added).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringContaining(reason),
      });
      expect(await harness().repository.list()).toEqual([]);
    });

    it('are refused when they are no archive', async () => {
      const added = harness().repository.add({ ...module, type, content: Buffer.from('x') });
      await expect(added).rejects.toMatchObject({ code: 'invalid-argument', subject: module.fileName });
    });
  });
}
