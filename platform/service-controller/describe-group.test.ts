import type { GroupState } from '@trencadis/availability';
import { brandId, sha256OfText } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { describeGroup } from './describe-group.ts';
import { exampleRecord, exampleSpec } from './testing/examples.ts';

const because = 'its quota is used up';

/** Two VM managers, one of which had no room; with so many replicas in service. */
function described(inService: number) {
  const { infrastructureId, serviceId, state } = exampleRecord();
  const { replicas: asked } = exampleSpec();
  const spec = exampleSpec({ replicas: { ...asked, clouds: ['sim', 'local'] } });
  const names = Array.from({ length: inService }, (_, index) => brandId('VmName', `front-${index + 1}`));
  const record = { since: 0, inServiceAt: 0, failures: 0, passes: 2, phase: 'in-service' } as const;
  const tried: GroupState = {
    ...state,
    desired: 3,
    launches: { sim: { failures: 1, notBefore: 0, because } },
    replicas: Object.fromEntries(names.map((name) => [name, record])),
  };
  return describeGroup({
    at: 1,
    state: tried,
    group: {
      infrastructureId,
      serviceId,
      infrastructureName: 'shop',
      owner: 'ana',
      spec,
      documentDigest: sha256OfText('document'),
      counts: {},
    },
    replicas: names.map((name, index) => ({
      name,
      cloud: 'local',
      number: index + 1,
      vm: 'running',
      isOutdated: false,
      isConfigured: true,
      holdsDisk: false,
    })),
    troubles: [],
  });
}

it('says why replicas are missing', () => {
  expect(described(2)).toMatchObject({
    condition: 'degraded',
    because: `the last launch at 'sim' failed: ${because}`,
  });
});

it('is as it shall be once others came where there was room', () => {
  expect(described(3).condition).toBe('ok');
});
