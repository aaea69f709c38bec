-- 版本: every change to the city's base data (a pack, a census, an edit on the map) is an edition; what it ended is kept with its end.
create table geography.edition (
  id uuid primary key,
  number bigint generated always as identity unique,
  at timestamptz not null,
  kind text not null check (kind in ('first', 'pack', 'census', 'edit')),
  by_person uuid references identity.person,
  note text not null default '',
  -- Changes by part: {"cells": {"added": 3, …}}.
  changes jsonb not null default '{}');
insert into geography.edition (id, at, kind) select gen_random_uuid(), now(), 'first' where exists (select from geography.city);
create view geography.api_edition as select * from geography.edition;
