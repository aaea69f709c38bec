-- Several schemes beside one another, in versions: named, published, in force from–to. `in_force` is the one that new cases are filed under.
alter table rulebook.scheme
  add column name_zh text not null default '',
  add column name_en text not null default '',
  add column publisher text not null default '',
  add column valid_from date,
  add column valid_to date;
update rulebook.scheme set name_zh = id || ' ' || version, name_en = id || ' ' || version;

-- Lists of other trades (12345, Open311 …) beside components and events; cases are filed only under those two.
alter table rulebook.class
  drop constraint class_kind_check,
  drop constraint class_code_check,
  drop constraint class_check,
  add constraint class_kind_check check (kind in ('component', 'event', 'service', 'social', 'emergency')),
  add constraint class_code_check check (case when kind in ('component', 'event')
    then code ~ '^\d{2}(\d{2})?$' and (length(code) = 2) = (parent_code is null) else code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$' end),
  -- No longer in the list since then; the row stays, because cases bear it.
  add column ended_at timestamptz;

-- What a class was called before a correction within its version.
create table rulebook.class_past (
  id bigint generated always as identity primary key,
  scheme text not null,
  version text not null,
  kind text not null,
  code text not null,
  name_zh text not null,
  name_en text not null,
  words text[] not null,
  until timestamptz not null,
  edition uuid references geography.edition,
  foreign key (scheme, version, kind, code) references rulebook.class);
create index class_past_class on rulebook.class_past (scheme, version, kind, code);

-- From here on a row of content is never overwritten: `until` ends it and a new one stands beside it, each with the edition that laid it.
alter table rulebook.standard
  drop constraint standard_scheme_version_kind_code_seq_key,
  add column evidence text[] not null default '{}',
  -- `law#article`, or a citation in words.
  add column laws text[] not null default '{}',
  add column collection_zh text not null default '',
  add column collection_en text not null default '',
  -- Who answers, as the city's own table says it; `duty` names our units.
  add column unit_zh text not null default '',
  add column unit_en text not null default '',
  add column since timestamptz not null default now(),
  add column until timestamptz,
  add column edition uuid references geography.edition;
create unique index one_standard on rulebook.standard (scheme, version, kind, code, seq) where until is null;

alter table rulebook.duty
  drop constraint duty_pkey,
  -- Empty: any scheme.
  add column scheme text not null default '',
  add column version text not null default '',
  add column id bigint generated always as identity primary key,
  add column since timestamptz not null default now(),
  add column until timestamptz,
  add column edition uuid references geography.edition;
create unique index one_duty on rulebook.duty (scheme, version, kind, code_prefix, unit_rule) where until is null;

create table rulebook.mapping (
  id bigint generated always as identity primary key,
  from_scheme text not null,
  from_version text not null,
  from_kind text not null,
  from_code text not null,
  to_scheme text not null,
  to_version text not null,
  to_kind text not null,
  to_code text not null,
  exactness text not null check (exactness in ('exact', 'narrower', 'broader', 'related')),
  since timestamptz not null,
  until timestamptz,
  edition uuid references geography.edition,
  foreign key (from_scheme, from_version, from_kind, from_code) references rulebook.class,
  foreign key (to_scheme, to_version, to_kind, to_code) references rulebook.class);
create unique index one_mapping on rulebook.mapping
  (from_scheme, from_version, from_kind, from_code, to_scheme, to_version, to_kind, to_code) where until is null;
create index mapping_to on rulebook.mapping (to_scheme, to_version, to_kind, to_code);

create table rulebook.law (
  id text primary key,
  title_zh text not null,
  title_en text not null,
  level text not null,
  scope text not null,
  domain text not null);

-- A version of a law with its text as given. One whose text was given anew is ended by `until` and stays.
create table rulebook.law_version (
  id uuid primary key,
  law_id text not null references rulebook.law,
  version_date date,
  in_force_from date,
  in_force_to date,
  -- True where the text is a summary in other words and not the law's own.
  summary boolean not null,
  text text not null,
  since timestamptz not null,
  until timestamptz,
  edition uuid references geography.edition);
create unique index one_law_version on rulebook.law_version (law_id, coalesce(version_date, '0001-01-01')) where until is null;

create table rulebook.article (
  law_version uuid not null references rulebook.law_version,
  no int not null check (no > 0),
  -- 第十二条之一 is 12, 1.
  sub int not null default 0,
  chapter text not null,
  section text not null,
  text text not null,
  primary key (law_version, no, sub));

create table rulebook.power (
  row_id bigint generated always as identity primary key,
  id text not null,
  name_zh text not null,
  name_en text not null,
  kind text not null check (kind in ('penalty', 'coercion', 'inspection', 'licence', 'other')),
  subject_unit text not null,
  basis text[] not null,
  since timestamptz not null,
  until timestamptz,
  edition uuid references geography.edition);
create unique index one_power on rulebook.power (id) where until is null;

create table rulebook.cause (
  row_id bigint generated always as identity primary key,
  id text not null,
  power_id text not null,
  name_zh text not null,
  name_en text not null,
  violates text[] not null,
  punishes text[] not null,
  -- `event:0405` of the scheme in force, or `scheme/version/event:0405`.
  classes text[] not null,
  measures text[] not null,
  fine_from_fen bigint,
  fine_to_fen bigint,
  precondition text not null,
  note_zh text not null,
  note_en text not null,
  since timestamptz not null,
  until timestamptz,
  edition uuid references geography.edition,
  check (fine_from_fen <= fine_to_fen));
create unique index one_cause on rulebook.cause (id) where until is null;

create table rulebook.discretion (
  row_id bigint generated always as identity primary key,
  cause_id text not null,
  -- C lighter, B ordinary, A serious, with its number inside the tier: C01 is the lightest.
  step text not null,
  circumstances_zh text not null,
  circumstances_en text not null,
  fine_from_fen bigint,
  fine_to_fen bigint,
  other_zh text not null,
  other_en text not null,
  since timestamptz not null,
  until timestamptz,
  edition uuid references geography.edition,
  check (fine_from_fen <= fine_to_fen));
create unique index one_discretion on rulebook.discretion (cause_id, step) where until is null;

create table rulebook.checklist_item (
  row_id bigint generated always as identity primary key,
  checklist text not null,
  title_zh text not null,
  title_en text not null,
  seq int not null,
  item_zh text not null,
  item_en text not null,
  basis text[] not null,
  cause_id text not null,
  photo boolean not null,
  severity text not null check (severity in ('minor', 'ordinary', 'serious')),
  since timestamptz not null,
  until timestamptz,
  edition uuid references geography.edition);
create unique index one_checklist_item on rulebook.checklist_item (checklist, seq) where until is null;

create or replace view rulebook.api_class as
  select c.* from rulebook.class c join rulebook.scheme s on s.id = c.scheme and s.version = c.version and s.in_force
  where c.kind in ('component', 'event') and c.ended_at is null;
create or replace view rulebook.api_any_class as select * from rulebook.class;
-- All revisions, so that an old case finds the one it was filed under.
create or replace view rulebook.api_standard as select * from rulebook.standard;
create or replace view rulebook.api_duty as
  select kind, code_prefix, unit_rule, scheme, version from rulebook.duty where until is null;
create view rulebook.api_scheme as select * from rulebook.scheme;
create view rulebook.api_mapping as select * from rulebook.mapping where until is null;
create view rulebook.api_law as
  select v.id as version_id, l.id, l.title_zh, l.title_en, l.level, l.scope, l.domain, v.version_date, v.in_force_from, v.in_force_to, v.summary
  from rulebook.law l join rulebook.law_version v on v.law_id = l.id and v.until is null;
create view rulebook.api_article as
  select v.law_id, v.version_date, a.* from rulebook.article a join rulebook.law_version v on v.id = a.law_version and v.until is null;
create view rulebook.api_power as select * from rulebook.power where until is null;
create view rulebook.api_cause as select * from rulebook.cause where until is null;
create view rulebook.api_discretion as select * from rulebook.discretion where until is null;
create view rulebook.api_checklist_item as select * from rulebook.checklist_item where until is null;
