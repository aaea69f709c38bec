create schema rulebook;

-- A class scheme in an edition; old cases keep the edition they were filed under.
create table rulebook.scheme (
  id text not null,
  version text not null,
  -- The one that new cases are filed under.
  in_force boolean not null default false,
  primary key (id, version));
create unique index one_scheme_in_force on rulebook.scheme ((true)) where in_force;

create table rulebook.class (
  scheme text not null,
  version text not null,
  kind text not null check (kind in ('component', 'event')),
  code text not null check (code ~ '^\d{2}(\d{2})?$'),
  parent_code text,
  name_zh text not null,
  name_en text not null,
  words text[] not null default '{}',
  extension boolean not null default false,
  primary key (scheme, version, kind, code),
  foreign key (scheme, version) references rulebook.scheme,
  check ((length(code) = 2) = (parent_code is null)));

-- 立案、处置、结案标准 (GB/T 30428.8): a row for each filing condition of a minor class, most dangerous first.
create table rulebook.standard (
  id text primary key,
  scheme text not null,
  version text not null,
  kind text not null,
  code text not null,
  seq int not null,
  filing_zh text not null,
  filing_en text not null,
  closing_zh text not null,
  closing_en text not null,
  limit_value numeric not null check (limit_value > 0),
  limit_unit text not null check (limit_unit in ('URGENT_HOUR', 'URGENT_DAY', 'WORK_HOUR', 'WORK_DAY', 'CALENDAR_DAY', 'MINUTE')),
  unique (scheme, version, kind, code, seq),
  foreign key (scheme, version, kind, code) references rulebook.class);

-- The working calendar; a case keeps the version by which it was reckoned.
create table rulebook.calendar (
  version text primary key,
  in_force boolean not null default false,
  seasons jsonb not null,
  holidays date[] not null,
  shifted_workdays date[] not null);
create unique index one_calendar_in_force on rulebook.calendar ((true)) where in_force;

-- Who answers for a class: the longest prefix wins. `street` is the street office of the place, `{district}` its district.
create table rulebook.duty (
  kind text not null,
  code_prefix text not null,
  unit_rule text not null,
  primary key (kind, code_prefix, unit_rule));

create view rulebook.api_class as
  select c.* from rulebook.class c join rulebook.scheme s on s.id = c.scheme and s.version = c.version and s.in_force;
create view rulebook.api_any_class as select * from rulebook.class;
create view rulebook.api_standard as select * from rulebook.standard;
create view rulebook.api_duty as select * from rulebook.duty;
