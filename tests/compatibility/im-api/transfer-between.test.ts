import { expect, it } from 'vitest';
import { oneVmRadl } from './testing/documents.ts';
import { callIm } from './testing/im-call.ts';
import { startImPlatform } from './testing/im-platform.ts';

/** Of an infrastructure that another platform made and released. */
async function exportedElsewhere() {
  await using platform = await startImPlatform();
  const made = await callIm(platform.url, '/infrastructures', { method: 'POST', body: oneVmRadl });
  const path = made.text.slice(made.text.lastIndexOf('/infrastructures'));
  const { text } = await callIm(platform.url, `${path}/data?delete=yes`);
  return { path, text, vms: platform.site.vms };
}

it('an import goes on with what a platform with the same key exported', async () => {
  const { path, text, vms } = await exportedElsewhere();
  await using platform = await startImPlatform();
  for (const [name, vm] of vms) platform.site.vms.set(name, vm);
  const taken = await callIm(platform.url, '/infrastructures', { method: 'PUT', body: text });
  expect(taken).toMatchObject({ status: 200, text: `${platform.url}${path}` });
  expect((await callIm(platform.url, `${path}/vms/0/state`)).text).toBe('configured');
  expect((await callIm(platform.url, path, { method: 'DELETE' })).status).toBe(200);
  expect(platform.site.vms.size).toBe(0);
});

it('an import of what another key sealed is refused and names the way', async () => {
  const { path, text } = await exportedElsewhere();
  await using platform = await startImPlatform({ sealingKeyByte: 9 });
  const refused = await callIm(platform.url, '/infrastructures', { method: 'PUT', body: text });
  expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('trencadis export') });
  expect((await callIm(platform.url, path)).status).toBe(404);
});
