import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Evaluation, GroupSnapshot } from '@trencadis/availability';
import { type RawBuilder, sql } from 'kysely';
import { type StoredEvaluation, keyOf } from './group-record.ts';
import type { Notes } from './store.ts';

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

interface Content {
  readonly evaluation: Evaluation;
  readonly snapshot: GroupSnapshot;
}

type Packed = StoredEvaluation & { readonly content: Buffer };

/** An evaluation as JSON, deflated: a tenth of its size. */
export async function unpackEvaluation(content: Buffer): Promise<Content> {
  return JSON.parse((await unpack(content)).toString('utf8')) as Content;
}

export interface ReadyNotes {
  /** The statements that add them, but for those of the groups with these keys, or that are gone. */
  statements(without?: ReadonlySet<string>): readonly RawBuilder<unknown>[];
}

/** Does what takes time, so that no transaction waits for it. */
export async function readyNotes({ evaluations = [], events = [] }: Notes): Promise<ReadyNotes> {
  const packed = await Promise.all(
    evaluations.map(async (each): Promise<Packed> => {
      const { evaluation, snapshot } = each;
      return { ...each, content: await pack(JSON.stringify({ evaluation, snapshot } satisfies Content)) };
    }),
  );
  return {
    statements: (without = new Set()) => [
      ...addEvaluations(packed.filter((each) => !without.has(keyOf(each)))),
      ...addEvents(events.filter((each) => !without.has(keyOf(each)))),
    ],
  };
}

function addEvaluations(all: readonly Packed[]): readonly RawBuilder<unknown>[] {
  if (all.length === 0) return [];
  return [
    sql`
      insert into service_evaluation (infrastructure_id, service_id, at, is_decision, content)
      select given.* from unnest(
        ${all.map((each) => each.infrastructureId)}::text[],
        ${all.map((each) => each.serviceId)}::text[],
        ${all.map((each) => each.evaluation.at)}::float8[],
        ${all.map((each) => each.isDecision)}::boolean[],
        ${all.map((each) => each.content)}::bytea[])
        as given(infrastructure_id, service_id, at, is_decision, content)
      join service_group using (infrastructure_id, service_id)`,
  ];
}

function addEvents(all: NonNullable<Notes['events']>): readonly RawBuilder<unknown>[] {
  if (all.length === 0) return [];
  const contents = all.map(({ event }) => JSON.stringify(event));
  return [
    sql`
      insert into service_event (infrastructure_id, service_id, content)
      select infrastructure_id, service_id, given.event::jsonb
      from unnest(
        ${all.map((each) => each.infrastructureId)}::text[],
        ${all.map((each) => each.serviceId)}::text[],
        ${contents}::text[]) with ordinality as given(infrastructure_id, service_id, event, place)
      join service_group using (infrastructure_id, service_id)
      order by given.place`,
  ];
}
