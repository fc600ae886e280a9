-- The database SQL_Keys of a Key Server (paper, Table 2, component 10).
-- Applying it again changes nothing. The service logs in as the owner of the database.

create table if not exists key_shares (
  eouid         text primary key check (eouid ~ '^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$'),
  share_id      integer not null check (share_id between 1 and 255),
  -- AES-256-GCM under the service's sealing key, with EOUID and share id as associated data.
  sealed_share  text not null,
  mac           text not null,
  version       integer not null check (version >= 1),
  owner_subject text not null,
  owner_issuer  text not null,
  stored_at     timestamptz not null
);

create table if not exists key_share_ontologies (
  eouid    text not null references key_shares (eouid) on delete cascade,
  ontology integer not null check (ontology >= 0),
  primary key (eouid, ontology)
);

create table if not exists signing_keys (
  name               text primary key,
  public_jwk         jsonb not null,
  sealed_private_jwk text not null,
  created_at         timestamptz not null
);

create table if not exists audit_events (
  sequence   bigint generated always as identity primary key,
  at         timestamptz not null,
  subject    text not null,
  issuer     text not null,
  operation  text not null,
  eouid      text,
  ontologies integer[] not null,
  decision   text not null check (decision in ('allowed', 'denied', 'absent', 'conflict')),
  request_id text not null
);

create index if not exists audit_events_eouid on audit_events (eouid, sequence);

create or replace function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_events is append-only';
end
$$;

create or replace trigger audit_events_append_only
  before update or delete or truncate on audit_events
  for each statement execute function refuse_audit_change();

-- Applied by an administrator, the tables are the administrator's: the service may then use them and no more.
do $$
declare
  service name := (select pg_get_userbyid(datdba) from pg_database where datname = current_database());
begin
  if service <> current_user then
    execute format('grant select, insert, update on key_shares to %I', service);
    execute format('grant select, insert on key_share_ontologies, signing_keys to %I', service);
    execute format('grant insert on audit_events to %I', service);
  end if;
end
$$;
