import { systemClock } from '@trencadis/clock';
import { describe, expect, it } from 'vitest';
import type { ServiceOffers } from './check-needs.ts';
import type { ServiceDescription } from './model.ts';
import { createServiceRepository } from './service.ts';
import { createMemoryServiceStore } from './store.ts';
import { exampleOffers, exampleService } from './testing/example-service.ts';

function repositoryOf(own: readonly ServiceDescription[] = []) {
  const now: { offers: ServiceOffers; own: readonly ServiceDescription[] } = { offers: exampleOffers, own };
  const repository = createServiceRepository({
    store: createMemoryServiceStore(),
    offers: async () => now.offers,
    own: async () => now.own,
    clock: systemClock,
  });
  return { repository, now };
}

const ofVersion = (version: string, changes: Partial<ServiceDescription> = {}): ServiceDescription => ({
  ...exampleService,
  ...changes,
  version,
});
const draft = { kind: 'draft', reason: 'Later.', missing: ['database.sql'] } as const;
const withoutComponents: ServiceOffers = { ...exampleOffers, components: [] };

describe('registering', () => {
  it('keeps versions, and knows the same content again', async () => {
    const { repository } = repositoryOf();
    expect(await repository.register(ofVersion('1.0.0'))).toEqual({ kind: 'registered', version: '1.0.0' });
    expect(await repository.register(ofVersion('1.0.0'))).toEqual({ kind: 'unchanged', version: '1.0.0' });
    expect(await repository.register(ofVersion('1.1.0', { title: 'Newer' }))).toMatchObject({
      kind: 'registered',
    });
    const service = await repository.get('keys');
    expect(service.title).toBe('Newer');
    expect(service.versions.map(({ version }) => version)).toEqual(['1.0.0', '1.1.0']);
  });

  it('refuses other content under a version that is there', async () => {
    const { repository } = repositoryOf();
    await repository.register(ofVersion('1.0.0'));
    await expect(repository.register(ofVersion('1.0.0', { title: 'Other' }))).rejects.toMatchObject({
      code: 'conflict',
      subject: 'keys',
    });
    expect((await repository.get('keys')).title).toBe('Keys');
  });

  it('keeps nothing that has problems, and tells all of them', async () => {
    const { repository } = repositoryOf();
    const broken = ofVersion('1.0.0', {
      radl: `${exampleService.radl}deploy NOBODY 1\n`,
      parameters: [
        ...exampleService.parameters,
        { name: 'x', type: 'number', help: 'x', isRequired: true, default: 'a' },
      ],
    });
    const outcome = await repository.register(broken);
    expect(outcome).toMatchObject({ kind: 'problems' });
    expect(outcome.kind === 'problems' && outcome.problems).toHaveLength(4);
    await expect(repository.get('keys')).rejects.toMatchObject({ code: 'not-found', subject: 'keys' });
  });

  it('does not ask again for what is registered already', async () => {
    const { repository, now } = repositoryOf();
    await repository.register(ofVersion('1.0.0'));
    now.offers = withoutComponents;
    expect(await repository.register(ofVersion('1.0.0'))).toMatchObject({ kind: 'unchanged' });
    const [version] = (await repository.get('keys')).versions;
    expect((await repository.missingNow([version!]))(version!)).toEqual([
      'Key_Server_Grid_Service.gar',
      'database.sql',
    ]);
  });

  it('removes one version', async () => {
    const { repository } = repositoryOf();
    await repository.register(ofVersion('1.0.0'));
    await repository.remove('keys', '1.0.0');
    await expect(repository.remove('keys', '1.0.0')).rejects.toMatchObject({ code: 'not-found' });
    expect((await repository.list()).services).toEqual([]);
  });
});

describe('rendering', () => {
  const values = { 'token-issuers': [] };
  it('takes the newest released version, unless told', async () => {
    const { repository } = repositoryOf();
    await repository.register(ofVersion('1.0.0'));
    await repository.register(ofVersion('1.10.0'));
    await repository.register(ofVersion('1.9.0'));
    await repository.register(ofVersion('2.0.0', { status: draft }));
    expect(await repository.render('keys', { values })).toMatchObject({ version: '1.10.0' });
    expect(await repository.render('keys', { values, version: '1.9.0' })).toMatchObject({ version: '1.9.0' });
    await expect(repository.render('keys', { values, version: '3.0.0' })).rejects.toMatchObject({
      code: 'not-found',
      message: "Service 'keys' has no version 3.0.0; there are 1.0.0, 1.9.0, 1.10.0, 2.0.0.",
    });
  });

  it('takes the newest draft where nothing is released', async () => {
    const { repository } = repositoryOf();
    await repository.register(ofVersion('1.0.0', { status: draft }));
    expect(await repository.render('keys', { values })).toMatchObject({ kind: 'rendered', version: '1.0.0' });
    expect(await repository.render('keys', { values: {} })).toMatchObject({ kind: 'problems' });
  });
});

describe('the own descriptions', () => {
  it('are registered once, and wait with their reasons until they may be', async () => {
    const { repository, now } = repositoryOf([exampleService]);
    now.offers = withoutComponents;
    await repository.importOwn();
    expect(await repository.list()).toEqual({
      services: [],
      waiting: [
        {
          name: 'keys',
          version: '1.0.0',
          problems: [
            { place: 'service.json: needs.components', message: expect.stringContaining('Key_Server') },
            { place: 'service.json: needs.components', message: expect.stringContaining('database.sql') },
          ],
        },
      ],
    });
    now.offers = exampleOffers;
    await repository.importOwn();
    await repository.importOwn();
    const { services, waiting } = await repository.list();
    expect(services.map(({ versions }) => versions.map(({ version }) => version))).toEqual([['1.0.0']]);
    expect(waiting).toEqual([]);
  });

  it('become the next build when they change under their version', async () => {
    const { repository, now } = repositoryOf([exampleService]);
    await repository.importOwn();
    for (const title of ['One', 'Two']) {
      now.own = [{ ...exampleService, title }];
      await repository.importOwn();
      await repository.importOwn();
    }
    const { versions, title } = await repository.get('keys');
    expect(versions.map(({ version }) => version)).toEqual(['1.0.0', '1.0.0+1', '1.0.0+2']);
    expect(title).toBe('Two');
  });
});
