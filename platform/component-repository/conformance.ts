import { sha256OfBytes } from '@trencadis/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Component, ComponentRepository } from './model.ts';
import type { ComponentRepositoryOptions } from './open-component-repository.ts';
import { describeContents } from './testing/describe-contents.ts';
import { describeDependencies } from './testing/describe-dependencies.ts';
import { describePuppetModules } from './testing/describe-puppet-modules.ts';
import { describeSignatures } from './testing/describe-signatures.ts';
import { exampleManifest, packGar } from './testing/pack-gar.ts';

export interface ComponentRepositoryHarness extends AsyncDisposable {
  /** Empty. */
  readonly repository: ComponentRepository;
  /** Another process's view of the same repository. */
  readonly sameRepository: ComponentRepository;
  /** Changes one byte of the stored content. */
  corrupt(component: Component): Promise<void>;
  /** Takes the stored content away. */
  lose(component: Component): Promise<void>;
  /** The same repository under other options. */
  reopen(options: HarnessOptions): ComponentRepository;
}

export type HarnessOptions = Omit<ComponentRepositoryOptions, 'directory'>;

const sql = {
  fileName: 'database.sql',
  version: '1.0.0',
  description: 'The SQL Keys database.',
  content: Buffer.from('create table key_share (eouid uuid primary key);\n'),
};

/** What every {@link ComponentRepository} must do. */
export function describeComponentRepository(
  name: string,
  makeHarness: () => Promise<ComponentRepositoryHarness>,
): void {
  describe(`component repository: ${name}`, () => {
    let harness: ComponentRepositoryHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness[Symbol.asyncDispose]());

    describeReading(() => harness);
    describeAdding(() => harness);
    describeGars(() => harness);
    describeContents(() => harness);
    describeDependencies(() => harness);
    describePuppetModules(() => harness);
    describeSignatures(() => harness);
  });
}

function describeReading(harness: () => ComponentRepositoryHarness): void {
  it('is empty at first', async () => {
    expect(await harness().repository.list()).toEqual([]);
    expect(await harness().repository.find('database.sql')).toBeUndefined();
  });

  it('gives back the bytes that were added, and says what they are', async () => {
    const component = await harness().repository.add(sql);
    expect(component).toEqual({
      fileName: 'database.sql',
      version: '1.0.0',
      type: 'sql',
      description: 'The SQL Keys database.',
      digest: sha256OfBytes(sql.content),
      sizeBytes: sql.content.length,
    });
    expect(await harness().sameRepository.find('database.sql')).toEqual(component);
    expect(await harness().sameRepository.read(component)).toEqual(sql.content);
  });

  it('keeps any bytes, and none', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    for (const content of [bytes, Buffer.alloc(0)]) {
      const component = await harness().repository.add({ ...sql, version: `${content.length}`, content });
      expect(await harness().repository.read(component)).toEqual(content);
    }
  });

  it('finds the newest version, and lists all by name and version', async () => {
    for (const version of ['1.9.0', '1.10.0', '1.2.0']) {
      await harness().repository.add({ ...sql, version, content: Buffer.from(version) });
    }
    await harness().repository.add({ ...sql, fileName: 'api.jar' });
    expect((await harness().repository.find('database.sql'))?.version).toBe('1.10.0');
    const listed = await harness().repository.list();
    expect(listed.map(({ fileName, version }) => `${fileName} ${version}`)).toEqual([
      'api.jar 1.0.0',
      'database.sql 1.2.0',
      'database.sql 1.9.0',
      'database.sql 1.10.0',
    ]);
  });

  it('does not hand out damaged content, and names the file; adding it again repairs it', async () => {
    const component = await harness().repository.add(sql);
    await harness().corrupt(component);
    await expect(harness().repository.read(component)).rejects.toMatchObject({
      code: 'internal',
      subject: 'database.sql',
      message: expect.stringContaining('database.sql 1.0.0'),
    });
    await harness().repository.add(sql);
    expect(await harness().repository.read(component)).toEqual(sql.content);
  });

  it('says that it does not hold a content which was never added', async () => {
    const component = await harness().repository.add(sql);
    const unknown = { ...component, digest: sha256OfBytes(Buffer.from('other')) };
    await expect(harness().repository.read(unknown)).rejects.toMatchObject({ code: 'not-found' });
  });
}

function describeAdding(harness: () => ComponentRepositoryHarness): void {
  it.each([
    ['SQL_Keys.sql', 'sql'],
    ['database.SQL', 'sql'],
    ['Key_Server_Java_API.jar', 'jar'],
    ['auto-scaling.conf', 'conf'],
    ['postgresql_15.deb', 'deb'],
    ['dcmtk-3.6.7.tar.gz', 'tar'],
  ])('knows %s as %s', async (fileName, type) => {
    expect(await harness().repository.add({ ...sql, fileName })).toMatchObject({ type });
  });

  it.each([
    ['postgresql.tar.gz', 'ansible-role'],
    ['left-pad.tgz', 'npm'],
    ['orthanc.tar', 'oci'],
  ] as const)('takes %s as the %s that it is said to be', async (fileName, type) => {
    expect(await harness().repository.add({ ...sql, fileName, type })).toMatchObject({ type });
  });

  it('refuses a type that the name cannot have', async () => {
    const added = harness().repository.add({ ...sql, type: 'deb' });
    await expect(added).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('.deb'),
    });
  });

  it('keeps the licence, and refuses what is no SPDX expression', async () => {
    const licence = '(Apache-2.0 OR GPL-2.0-only WITH Classpath-exception-2.0) AND MIT';
    const added = await harness().repository.add({ ...sql, licence });
    expect(await harness().sameRepository.find('database.sql', '1.0.0')).toEqual(added);
    expect(added).toMatchObject({ licence });
    for (const wrong of ['', 'Apache 2.0', 'MIT OR', 'AND']) {
      const refused = harness().repository.add({ ...sql, version: '2', licence: wrong });
      await expect(refused).rejects.toMatchObject({ code: 'invalid-argument' });
    }
  });

  it('refuses another type or licence for what is there', async () => {
    const added = await harness().repository.add({ ...sql, fileName: 'a.tar.gz', licence: 'MIT' });
    for (const other of [{ licence: 'ISC' }, { type: 'npm' as const }]) {
      const again = harness().repository.add({ ...sql, fileName: 'a.tar.gz', ...other });
      await expect(again).rejects.toMatchObject({ code: 'conflict' });
    }
    expect(await harness().repository.list()).toEqual([added]);
  });

  it('changes nothing when the same is added twice', async () => {
    const first = await harness().repository.add(sql);
    expect(await harness().repository.add({ ...sql, description: 'Other words.' })).toEqual(first);
    expect(await harness().repository.list()).toEqual([first]);
  });

  it('refuses other content under the same name and version', async () => {
    const first = await harness().repository.add(sql);
    const other = harness().repository.add({ ...sql, content: Buffer.from('other') });
    await expect(other).rejects.toMatchObject({ code: 'conflict', subject: 'database.sql' });
    expect(await harness().repository.list()).toEqual([first]);
    expect(await harness().repository.read(first)).toEqual(sql.content);
  });

  it('takes the same content added by many at once', async () => {
    const { repository, sameRepository } = harness();
    const added = await Promise.all(
      Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? repository : sameRepository).add(sql)),
    );
    expect(new Set(added.map(({ digest }) => digest)).size).toBe(1);
    expect(await repository.list()).toEqual([added[0]]);
  });

  it('lets one win when many add other contents at once', async () => {
    const { repository, sameRepository } = harness();
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? repository : sameRepository).add({ ...sql, content: Buffer.from(`${index}`) }),
      ),
    );
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const lost = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    expect(won).toHaveLength(1);
    for (const reason of lost) expect(reason).toMatchObject({ code: 'conflict' });
    expect(await repository.list()).toEqual(won);
    await expect(repository.read(won[0]!)).resolves.toBeInstanceOf(Buffer);
  });

  it.each([
    ['../database.sql', '1.0.0'],
    ['folder/database.sql', '1.0.0'],
    ['.sql', '1.0.0'],
    ['data\0base.sql', '1.0.0'],
    ['', '1.0.0'],
    [`${'a'.repeat(200)}.sql`, '1.0.0'],
    ['database.sql', '..'],
    ['database.sql', '../1'],
    ['database.sql', ''],
    ['database.exe', '1.0.0'],
    ['database', '1.0.0'],
  ])('refuses the name %j with version %j', async (fileName, version) => {
    const added = harness().repository.add({ ...sql, fileName, version });
    await expect(added).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(await harness().repository.list()).toEqual([]);
    expect(await harness().repository.find('../components')).toBeUndefined();
  });
}

function describeGars(harness: () => ComponentRepositoryHarness): void {
  const gar = { ...sql, fileName: 'Key_Server_Grid_Service.gar' };

  it('reads the manifest of a service archive', async () => {
    const content = await packGar({
      'main.ts': 'export {};',
      'component.json': JSON.stringify(exampleManifest),
    });
    const component = await harness().repository.add({ ...gar, content });
    expect(component).toMatchObject({ type: 'gar', manifest: exampleManifest });
    expect(await harness().sameRepository.find(gar.fileName)).toEqual(component);
  });

  it.each([
    ['no manifest', {}, 'no component.json'],
    ['a manifest that is not at the root', { 'lib/component.json': '{}' }, 'no component.json'],
    ['a manifest that is not JSON', { 'component.json': '{' }, 'not JSON'],
    [
      'a missing field',
      { 'component.json': JSON.stringify({ ...exampleManifest, port: undefined }) },
      'port:',
    ],
    [
      'a wrong field inside',
      {
        'component.json': JSON.stringify({
          ...exampleManifest,
          secrets: [{ name: 'sealingKey', byteCount: '32' }],
        }),
      },
      'secrets[0].byteCount:',
    ],
    [
      'a misspelt field',
      { 'component.json': JSON.stringify({ ...exampleManifest, secret: [] }) },
      '"secret"',
    ],
    ['an entry outside its folder', { '../evil': '', 'component.json': '{}' }, "'../evil'"],
  ])('refuses a service archive with %s', async (_what, files, place) => {
    const content = await packGar({ 'main.ts': 'export {};', ...files });
    await expect(harness().repository.add({ ...gar, content })).rejects.toMatchObject({
      code: 'invalid-argument',
      subject: gar.fileName,
      message: expect.stringContaining(place),
    });
    expect(await harness().repository.list()).toEqual([]);
  });

  it('refuses what is no archive, and half of one', async () => {
    const whole = await packGar({ 'component.json': JSON.stringify(exampleManifest) });
    const contents = [
      Buffer.from('text'),
      Buffer.alloc(0),
      Buffer.from([0x1f, 0x8b, 1, 2]),
      whole.subarray(0, whole.length / 2),
      whole.subarray(0, -8),
    ];
    for (const content of contents) {
      const added = harness().repository.add({ ...gar, content });
      await expect(added).rejects.toMatchObject({ code: 'invalid-argument', subject: gar.fileName });
    }
  });
}
