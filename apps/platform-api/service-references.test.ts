import { describe, expect, it } from 'vitest';
import { serviceReferences } from './service-references.ts';

const file = (version: string) => ({ fileName: 'a.gar', version });

function parts(versions: readonly string[], status: 'released' | 'draft' = 'released') {
  const service = { name: 'keys', version: '1', needs: { components: ['a.gar'] }, status: { kind: status } };
  return {
    services: { list: async () => [service] },
    components: { list: async () => versions.map(file) },
  } as unknown as Parameters<typeof serviceReferences>[0];
}

describe('serviceReferences', () => {
  it('names the services that need the last version of a file', async () => {
    expect(await serviceReferences(parts(['1']), file('1'))).toEqual(['service keys 1']);
  });

  it('is empty while another version of the file stays', async () => {
    expect(await serviceReferences(parts(['1', '2']), file('1'))).toEqual([]);
  });

  it('is empty for a file that only a draft names', async () => {
    expect(await serviceReferences(parts(['1'], 'draft'), file('1'))).toEqual([]);
  });
});
