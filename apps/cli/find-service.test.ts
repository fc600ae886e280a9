import type { ListedServiceView } from '@trencadis/service-controller/client';
import { describe, expect, it } from 'vitest';
import { chooseReplicas, chooseService } from './find-service.ts';
import { deployedService, serviceStatus } from './testing/deployed-service.ts';

const [one, other, third] = [
  deployedService({ infrastructureId: 'inf-aaaaaaaa', infrastructureName: 'shop', service: 'front' }),
  deployedService({ infrastructureId: 'inf-bbbbbbbb', infrastructureName: 'lab', service: 'front' }),
  deployedService({ infrastructureId: 'inf-bbbbbbbb', infrastructureName: 'lab', service: 'broker' }),
] as const;
const all: readonly ListedServiceView[] = [one, other, third];

describe('a deployed service', () => {
  it('is found by its name where it is the only one', () => {
    expect(chooseService(all, 'broker', undefined)).toBe(third);
  });

  it.each([
    ['shop/front', undefined, one],
    ['inf-bbbbbbbb/front', undefined, other],
    ['front', 'lab', other],
    ['front', 'inf-aaaaaaaa', one],
  ])('%s of %s is found in its infrastructure', (name, infrastructure, found) => {
    expect(chooseService(all, name, infrastructure)).toBe(found);
  });

  it('is asked for again where several have the name', () => {
    expect(() => chooseService(all, 'front', undefined)).toThrow(/shop\/front or lab\/front/);
    const namesakes = [one, { ...other, infrastructureName: 'shop' }];
    expect(() => chooseService(namesakes, 'front', 'shop')).toThrow(
      'inf-aaaaaaaa/front or inf-bbbbbbbb/front',
    );
  });

  it('that is not there is told so', () => {
    expect(() => chooseService(all, 'back', undefined)).toThrow(
      expect.objectContaining({ code: 'not-found', message: expect.stringContaining('service list') }),
    );
  });
});

describe('a replica', () => {
  it('is found by its name, the short one, or its number', () => {
    const status = serviceStatus();
    const [first, second] = status.replicas.map(({ name }) => name);
    expect(chooseReplicas(status, [first!, 'front-2', '1'])).toEqual([first, second, first]);
  });

  it('that is not there is told so, with those that are', () => {
    expect(() => chooseReplicas(serviceStatus(), ['7'])).toThrow(/no replica '7'; it has front-1, front-2/);
  });
});
