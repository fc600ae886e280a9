import { systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import { type Script, startScriptedCloud } from '@trencadis/openstack-client/testing';
import { describe, expect, it } from 'vitest';
import { createOpenstackVmm } from './index.ts';

const signal = new AbortController().signal;
const tag = brandId('Tag', 'inf-a');
const credentials = { username: 'u', password: 'x', projectName: 'p' };
const services = ['compute/v2.1', 'network', 'image', 'volumev3/v3/p'];

async function listed(script: Script) {
  await using cloud = await startScriptedCloud(script, { services });
  const driver = createOpenstackVmm({ endpoint: cloud.endpoint, credentials, clock: systemClock });
  const result = await driver.listVms(tag, signal).catch((thrown: unknown) => thrown);
  return { result, asked: cloud.asked.toSorted() };
}

describe('a cloud that answers', () => {
  it('is asked at the addresses of its catalog', async () => {
    const script: Script = ({ what }) => ({
      body: what.endsWith('/ports') ? { ports: [] } : { servers: [] },
    });
    const asked = ['GET /compute/v2.1/servers/detail', 'GET /network/v2.0/ports'];
    expect(await listed(script)).toEqual({ result: [], asked });
  });

  it.each([
    [500, 'Unexpected API Error', 'unavailable'],
    [403, 'Policy does not allow it', 'forbidden'],
    [409, "Cannot 'start' instance a while it is in task_state powering-off", 'unavailable'],
    [409, "Cannot 'start' instance a while it is in vm_state active", 'conflict'],
  ])('is told where it answers %i %s as %s', async (status, message, code) => {
    const { result } = await listed(() => ({ status, body: { refusal: { message } } }));
    expect(result).toMatchObject({ code, message: expect.stringContaining(message), details: { status } });
  });
});
