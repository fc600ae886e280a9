import { PlatformError } from '@trencadis/errors';
import { expect, it } from 'vitest';
import type { GroupRecord } from './group-record.ts';
import { StateWriter, type Written } from './state-writer.ts';
import type { ServiceStore } from './store.ts';
import { exampleRecord } from './testing/examples.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { createMemoryServiceStore } from './testing/memory-store.ts';

class WrittenGroup implements Written {
  record: GroupRecord;
  isLost = false;

  constructor(record: GroupRecord) {
    this.record = record;
  }

  onSaved(_stored: GroupRecord, version: number): void {
    this.record = { ...this.record, version };
  }

  onLost(): void {
    this.isLost = true;
  }
}

async function begin() {
  const store = createMemoryServiceStore();
  let isOut = false;
  const failing: ServiceStore = {
    ...store,
    saveGroups: async (...given) => {
      if (isOut) throw new PlatformError('unavailable', 'The database does not answer.');
      return store.saveGroups(...given);
    },
  };
  const clock = new ManualClock();
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const group = new WrittenGroup(await store.insertGroup(exampleRecord()));
  return {
    store,
    group,
    writer: new StateWriter({ store: failing, clock, log }),
    breakStore: (given: boolean) => {
      isOut = given;
    },
  };
}

const event = (text: string) => ({ at: 1, kind: 'changed' as const, text });
const texts = async (store: ServiceStore, group: WrittenGroup) =>
  (await store.listEvents(group.record, { limit: 9 })).map(({ text }) => text);

it('stores why with what was decided', async () => {
  const { store, group, writer } = await begin();
  writer.note(group.record, [event('one')]);
  const isSaved = writer.save(group);
  // Noted while the first is being written.
  writer.note(group.record, [event('two')]);
  expect(await isSaved).toBe(true);
  expect((await texts(store, group))[0]).toBe('one');
  await writer.close();
  expect(await texts(store, group)).toEqual(['one', 'two']);
});

it('keeps no word of what somebody else was quicker than', async () => {
  const { store, group, writer } = await begin();
  await store.saveGroups([group.record]);
  writer.note(group.record, [event('void')]);
  expect(await writer.save(group)).toBe(false);
  expect(group.isLost).toBe(true);
  expect(await texts(store, group)).toEqual([]);
});

it('loses nothing that happened while the store does not answer, but for what comes to nothing', async () => {
  const { store, group, writer, breakStore } = await begin();
  const other = new WrittenGroup(await store.insertGroup(exampleRecord()));
  breakStore(true);
  writer.note(other.record, [event('seen')]);
  writer.note(group.record, [event('void')]);
  await expect(writer.save(group)).rejects.toMatchObject({ code: 'unavailable' });
  breakStore(false);
  await writer.close();
  expect(await texts(store, other)).toEqual(['seen']);
  expect(await texts(store, group)).toEqual([]);
});
