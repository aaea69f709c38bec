create schema identity;

-- The tree of organisation; separate from the tree of areas.
create table identity.unit (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  parent_id text references identity.unit,
  name_zh text not null,
  name_en text not null,
  kind text not null,
  axis text not null check (axis in ('supervision', 'command', 'disposal', 'none')),
  area_code text not null,
  check (parent_id is distinct from id));

create table identity.person (
  id uuid primary key,
  login text not null unique,
  name_zh text not null,
  name_en text not null,
  phone text,
  -- argon2id$memory$passes$salt$tag
  password text not null,
  -- Base 32; used only once it has been confirmed with a code.
  totp_secret text,
  totp_confirmed timestamptz,
  -- The last 30-second step that was used, so that a code seen over the shoulder is worthless.
  totp_last_step bigint,
  failures int not null default 0,
  locked_until timestamptz,
  disabled boolean not null default false,
  created timestamptz not null default now());

-- A post of a person, over areas, for a time; several at once are normal (secondment, dual leadership).
create table identity.membership (
  id uuid primary key,
  person_id uuid not null references identity.person,
  unit_id text not null references identity.unit,
  role text not null,
  area_codes text[] not null,
  valid_from date not null,
  valid_to date,
  check (valid_to is null or valid_to >= valid_from));
create index membership_person on identity.membership (person_id);
create index membership_unit on identity.membership (unit_id);

create table identity.session (
  token_hash text primary key,
  person_id uuid not null references identity.person on delete cascade,
  created timestamptz not null,
  last_used timestamptz not null,
  ends timestamptz not null,
  address text);
create index session_person on identity.session (person_id);

-- Append-only: who did or tried what. Kept at least six months (Cybersecurity Law §21).
create table identity.audit (
  seq bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor_id text,
  act text not null,
  about text,
  result text not null check (result in ('done', 'refused')),
  address text,
  detail jsonb not null default '{}');
create index audit_act on identity.audit (act, seq desc);
create function identity.refuse_change() returns trigger language plpgsql as $$
begin raise exception 'the audit trail is append-only'; end $$;
create trigger audit_stands before update or delete on identity.audit
  for each statement execute function identity.refuse_change();

-- For the modules above.
create view identity.api_unit as select id, parent_id, name_zh, name_en, kind, axis, area_code from identity.unit;
create view identity.api_person as select id, login, name_zh, name_en from identity.person;
create view identity.api_membership as
  select id, person_id, unit_id, role, area_codes, valid_from, valid_to from identity.membership;
