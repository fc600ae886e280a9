import { describe, expect, it } from 'vitest';
import type { ComponentRepositoryHarness } from '../conformance.ts';
import type { Component } from '../model.ts';

export function describeDependencies(harness: () => ComponentRepositoryHarness): void {
  const add = (fileName: string, version: string, ...needs: readonly (readonly [string, string])[]) =>
    harness().repository.add({
      fileName,
      version,
      description: '',
      content: Buffer.from(`${fileName} ${version}`),
      dependencies: needs.map(([needed, range]) => ({ fileName: needed, range })),
    });
  const names = async () =>
    (await harness().repository.list()).map(({ fileName, version }) => `${fileName} ${version}`);

  describe('dependencies', () => {
    it('are kept', async () => {
      await add('b.sql', '1.0.0');
      const component = await add('a.jar', '1', ['b.sql', '>=1.0.0 <2.0.0']);
      expect(component.dependencies).toEqual([{ fileName: 'b.sql', range: '>=1.0.0 <2.0.0' }]);
      expect(await harness().sameRepository.find('a.jar')).toEqual(component);
    });

    it.each([
      ['c.sql', '*', 'holds none'],
      ['b.sql', '>=2', 'holds 1.0.0'],
      ['a.jar', '*', 'circle'],
    ])('must be there: %s %s is refused', async (fileName, range, words) => {
      await add('b.sql', '1.0.0');
      await expect(add('a.jar', '1', [fileName, range])).rejects.toMatchObject({
        code: 'invalid-argument',
        subject: 'a.jar',
        message: expect.stringContaining(words),
      });
      expect(await names()).toEqual(['b.sql 1.0.0']);
    });

    it('must not close a circle', async () => {
      await add('b.sql', '1');
      await add('a.jar', '1', ['b.sql', '*']);
      await expect(add('b.sql', '2', ['a.jar', '*'])).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringContaining('b.sql needs a.jar needs b.sql'),
      });
      expect(await names()).toEqual(['a.jar 1', 'b.sql 1']);
    });

    it.each([
      ['../b.sql', '*'],
      ['b.sql', ''],
      ['b.sql', '>> 1'],
      ['b.sql', '>=1,<2'],
      ['b.sql', '>=1  <2'],
    ])('are names and ranges: %j %j is refused', async (fileName, range) => {
      await add('b.sql', '1');
      await expect(add('a.jar', '1', [fileName, range])).rejects.toMatchObject({ code: 'invalid-argument' });
    });
  });

  describe('removing', () => {
    it('takes a component away, and nothing when there is none', async () => {
      const component = await add('b.sql', '1');
      await add('b.sql', '2');
      await harness().repository.remove(component);
      await harness().repository.remove(component);
      await harness().repository.remove({ fileName: '../b.sql', version: '2' });
      expect(await names()).toEqual(['b.sql 2']);
      expect(await harness().sameRepository.find('b.sql', '1')).toBeUndefined();
    });

    it('is refused while another component has no other version to turn to', async () => {
      const first = await add('b.sql', '1');
      const second = await add('b.sql', '2');
      await add('a.jar', '1', ['b.sql', '>=1']);
      await harness().repository.remove(first);
      await expect(harness().repository.remove(second)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('a.jar 1'),
      });
      expect(await names()).toEqual(['a.jar 1', 'b.sql 2']);
    });

    it('is refused while something else refers to it', async () => {
      const component = await add('b.sql', '1');
      const findReferences = async ({ digest }: Component) =>
        digest === component.digest ? ['service keys 1.0.0'] : [];
      const referred = harness().reopen({ findReferences });
      await expect(referred.remove(component)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('service keys 1.0.0'),
      });
      expect(await names()).toEqual(['b.sql 1']);
    });

    it('and adding what needs it at the same time leave nothing that misses something', async () => {
      for (let round = 0; round < 10; round += 1) {
        const needed = await add(`b${round}.sql`, '1');
        await Promise.allSettled([
          harness().repository.remove(needed),
          add(`a${round}.jar`, '1', [`b${round}.sql`, '*']),
        ]);
        const left = (await names()).filter((name) => name.includes(`${round}.`));
        expect([[`a${round}.jar 1`, `b${round}.sql 1`], []]).toContainEqual(left);
      }
    });
  });
}
