import type { Migration } from '@trencadis/postgres';
import { sql } from 'kysely';

const tables = [
  sql`
    create table infrastructure (
      id text primary key,
      name text not null,
      owner text not null,
      radl text not null,
      dialect text not null,
      parameters jsonb not null,
      created_at timestamptz not null,
      is_destroy_requested boolean not null default false,
      destroyed_at timestamptz,
      active_plan_id text
    )`,
  sql`
    create unique index infrastructure_live_name on infrastructure (owner, name) where destroyed_at is null`,
  sql`
    create table infrastructure_plan (
      id text primary key,
      infrastructure_id text not null references infrastructure (id),
      kind text not null,
      document jsonb not null,
      steps jsonb not null,
      images jsonb not null,
      created_at timestamptz not null
    )`,
  sql`
    create table configured_vm (
      infrastructure_id text not null references infrastructure (id),
      vm_name text not null,
      digest text not null,
      primary key (infrastructure_id, vm_name)
    )`,
  sql`
    create table infrastructure_secret (
      infrastructure_id text not null references infrastructure (id),
      name text not null,
      sealed text not null,
      primary key (infrastructure_id, name)
    )`,
];

/** Infrastructures of before had one VM manager, `local`; their plans and configurations are made anew. */
const changes = [
  sql`
    alter table infrastructure
      add column members jsonb not null default '[]',
      add column next_ordinal integer not null default 0,
      add column refusals jsonb not null default '[]',
      add column usage jsonb not null default '{"vms": 0, "cpuCount": 0, "memoryMiB": 0}',
      add column vmms jsonb not null default '["local"]',
      add column shares jsonb not null default '[]',
      add column expires_at timestamptz`,
  sql`
    alter table infrastructure_plan
      add column content jsonb,
      add column step_count integer not null default 0,
      add column created_by text not null default 'operator'`,
  sql`
    update infrastructure_plan set
      step_count = jsonb_array_length(steps),
      content = jsonb_build_object(
        'target', document || '{"members": [], "nextOrdinal": 0, "refusals": [], "usage": {"vms": 0, "cpuCount": 0, "memoryMiB": 0}}',
        'images', images, 'placements', '[]'::jsonb, 'quotas', '[]'::jsonb, 'persistentDisks', '[]'::jsonb,
        'observedDigest', repeat('0', 64))`,
  sql`
    alter table infrastructure_plan alter column content set not null, drop column document, drop column images`,
  sql`drop table configured_vm`,
  sql`
    create table configured_stage (
      infrastructure_id text not null references infrastructure (id),
      vm_name text not null,
      stage text not null,
      key text not null,
      primary key (infrastructure_id, vm_name, stage)
    )`,
  sql`create index infrastructure_plan_of on infrastructure_plan (infrastructure_id, created_at)`,
];

/** What is there already is looked at once. */
const attention = [
  sql`
    create table infrastructure_attention (
      infrastructure_id text primary key references infrastructure (id),
      attention_at timestamptz not null
    )`,
  sql`create index infrastructure_attention_at on infrastructure_attention (attention_at)`,
  sql`
    insert into infrastructure_attention (infrastructure_id, attention_at)
      select id, now() from infrastructure where destroyed_at is null`,
  sql`alter table infrastructure_plan add column continued_by text`,
];

/** Tables of the store on PostgreSQL. */
export const infrastructureMigrations: Record<string, Migration> = {
  'infrastructure-0001-infrastructures-and-plans': {
    up: async (db) => {
      for (const table of tables) await table.execute(db);
    },
  },
  'infrastructure-0002-members-and-vm-managers': {
    up: async (db) => {
      for (const change of changes) await change.execute(db);
    },
  },
  'infrastructure-0003-attention-and-continued-plans': {
    up: async (db) => {
      for (const change of attention) await change.execute(db);
    },
  },
  'infrastructure-0004-persistent-disks': {
    up: async (db) => {
      await sql`
        create table persistent_disk (
          vmm text not null,
          name text not null,
          size_gib double precision not null,
          owner text not null,
          infrastructure_name text not null,
          created_at timestamptz not null,
          primary key (vmm, name)
        )`.execute(db);
    },
  },
  'infrastructure-0005-previous-target': {
    up: async (db) => {
      await sql`alter table infrastructure add column previous jsonb, add column previous_of text`.execute(
        db,
      );
    },
  },
  'infrastructure-0006-released-infrastructures': {
    up: async (db) => {
      await sql`alter table infrastructure add column released_at timestamptz`.execute(db);
    },
  },
  'infrastructure-0007-replicas': {
    up: async (db) => {
      await sql`alter table infrastructure add column replicas jsonb, add column components jsonb`.execute(
        db,
      );
    },
  },
  'infrastructure-0008-waiting-hooks': {
    up: async (db) => {
      await sql`
        create table waiting_hook (
          infrastructure_id text not null references infrastructure (id),
          vm_name text not null,
          heard_at timestamptz not null,
          verdict text,
          primary key (infrastructure_id, vm_name)
        )`.execute(db);
    },
  },
};
