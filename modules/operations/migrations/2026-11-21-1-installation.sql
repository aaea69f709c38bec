create schema operations;

-- What this database was begun with; written when the load is whole, so that a start that was cut short begins again.
create table operations.installation (
  one boolean primary key default true check (one),
  kind text not null check (kind in ('demo', 'empty')),
  pack text,
  pack_version text,
  at timestamptz not null default now());

-- A sign of life of each process, for the status line and the IT person.
create table operations.process (
  id uuid primary key,
  role text not null,
  host text not null,
  pid int not null,
  started timestamptz not null,
  last_seen timestamptz not null,
  rss_bytes bigint not null);

-- What an import took or left, row by row, so that it can be continued and accounted for.
create table operations.import (
  id uuid primary key,
  kind text not null,
  file text not null,
  sha256 text not null,
  mapping jsonb not null,
  started timestamptz not null default now(),
  ended timestamptz,
  rows_read bigint not null default 0,
  rows_taken bigint not null default 0,
  rows_left bigint not null default 0,
  unique (kind, sha256, mapping));
create table operations.import_left (
  import_id uuid not null references operations.import,
  line bigint not null,
  reason text not null,
  detail text not null,
  primary key (import_id, line));
