-- Dispatch rules in editions: a draft is tried over past cases before it is put in force; old ones are kept.
create table cases.dispatch_rules (
  version int primary key check (version > 0),
  state text not null check (state in ('draft', 'in_force', 'old')),
  rules jsonb not null,
  note text not null,
  created_by text not null,
  created_at timestamptz not null,
  -- The figures of the last trial of exactly these rules; gone with the next change.
  trial jsonb,
  in_force_since timestamptz,
  in_force_by text,
  ended_at timestamptz,
  check ((state = 'draft') = (in_force_since is null)),
  check ((state = 'old') = (ended_at is not null)));
create unique index dispatch_rules_draft on cases.dispatch_rules (state) where state = 'draft';
create unique index dispatch_rules_in_force on cases.dispatch_rules (state) where state = 'in_force';
