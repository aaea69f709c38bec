-- A city pack on its way in: looked through, then laid by its editor's word. The file lies with the blobs.
create table operations.pack_load (
  id uuid primary key,
  file text not null,
  bytes bigint not null,
  -- SHA-256 of the zip.
  blob text not null,
  by_person uuid not null references identity.person,
  sent_at timestamptz not null,
  state text not null check (state in ('checking', 'faulty', 'checked', 'laying', 'laid', 'failed', 'cancelled')),
  -- {part, done, of} of the moment.
  progress jsonb not null default '{}',
  pack text,
  pack_version text,
  -- Sorted by file and line; at most some hundred of each file.
  faults jsonb not null default '[]',
  fault_count int not null default 0,
  -- What it would change, and what it changed: {"cells": {"added": 3, …}}.
  changes jsonb not null default '{}',
  edition_id uuid references geography.edition,
  ended_at timestamptz,
  error text);
create index pack_load_recent on operations.pack_load (sent_at desc);

-- Which pack each edition came from.
create table operations.pack_edition (
  edition_id uuid primary key references geography.edition,
  pack text not null,
  pack_version text not null);
