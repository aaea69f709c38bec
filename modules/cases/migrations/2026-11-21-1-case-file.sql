create schema cases;

create table cases.case_file (
  id uuid primary key,
  no text not null unique,
  status text not null check (status in ('reported', 'pending_file', 'pending_dispatch', 'pending_sign', 'disposing',
    'feedback', 'checking', 'pending_close', 'rework', 'closed', 'rejected')),
  source text not null,
  -- The edition of the class scheme that it was filed under; it keeps it.
  scheme text not null,
  scheme_version text not null,
  kind text not null,
  class_code text not null,
  standard_id text references rulebook.standard,
  lon float8 not null,
  lat float8 not null,
  -- Metres (Gauss–Krüger): the engine's own operators are wrong in degrees.
  xy point not null,
  -- The cell; null only for history of another city that was imported with the wish to keep it.
  area_code text check (area_code ~ '^\d{15}$'),
  place_zh text not null,
  place_en text not null,
  description text not null,
  reported_at timestamptz not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  limit_value numeric,
  limit_unit text,
  calendar_version text,
  clock_start timestamptz,
  urge_at timestamptz,
  due timestamptz,
  clock_stopped timestamptz,
  -- When the centre's own step should be done.
  stage_since timestamptz not null,
  stage_due timestamptz,
  lead_unit_id text references identity.unit,
  worked_by text,
  checked_by text,
  rework_count int not null default 0,
  reports int not null default 1,
  alarm_id uuid,
  photo_id uuid references evidence.photo,
  closed_at timestamptz,
  -- Imported or generated history says what it is.
  origin text not null default 'live' check (origin in ('live', 'import', 'demo')),
  version int not null default 0,
  last_hash text not null default '',
  xid xid8 not null default pg_current_xact_id(),
  foreign key (scheme, scheme_version, kind, class_code) references rulebook.class,
  check (area_code is not null or origin = 'import'),
  -- A case has a deadline exactly when it has been dispatched.
  check ((clock_start is null) = (due is null)),
  check (due is not null or status in ('reported', 'pending_file', 'pending_dispatch', 'closed', 'rejected')),
  check (standard_id is not null or origin <> 'live' or status in ('reported', 'pending_file', 'rejected')),
  check (lead_unit_id is not null or origin <> 'live' or status in ('reported', 'pending_file', 'pending_dispatch', 'rejected')));
create index case_open on cases.case_file (status, coalesce(stage_due, due), id) where status not in ('closed', 'rejected');
create index case_closed on cases.case_file (closed_at desc, id) where status in ('closed', 'rejected');
create index case_unit on cases.case_file (lead_unit_id, status) where status not in ('closed', 'rejected');
create index case_xy on cases.case_file using gist (xy);
create index case_reported on cases.case_file (reported_at);
create index case_changed on cases.case_file (xid);
create index case_alarm on cases.case_file (alarm_id) where alarm_id is not null;

-- Serial numbers of a district and legal day.
create table cases.serial (
  district text not null,
  day date not null,
  last int not null,
  primary key (district, day));

-- What came in, as it came: several reports may be one case. Idempotent by source and source number.
create table cases.report (
  id uuid primary key,
  case_id uuid not null references cases.case_file,
  source text not null,
  source_no text,
  -- What a citizen needs to follow it.
  code text not null unique,
  text text not null,
  lon float8 not null,
  lat float8 not null,
  reporter_name text,
  reporter_phone text,
  language text not null default 'zh-CN',
  photo_ids uuid[] not null default '{}',
  -- The message in its own form.
  original jsonb not null,
  created_by text not null,
  at timestamptz not null,
  recorded timestamptz not null,
  unique (source, source_no));
create index report_case on cases.report (case_id);

-- Append-only: the legal trail. Each entry holds the hash of the one before it in its case.
create table cases.event (
  case_id uuid not null references cases.case_file,
  seq int not null check (seq > 0),
  act text not null,
  actor_id text not null,
  actor_unit text,
  from_status text,
  to_status text not null,
  -- `at` is the clock of whoever acted, `recorded` is ours.
  at timestamptz not null,
  recorded timestamptz not null,
  reason text,
  standard_id text,
  unit_id text,
  photo_ids uuid[] not null default '{}',
  lon float8,
  lat float8,
  used_seconds int,
  prev_hash text not null,
  hash text not null,
  primary key (case_id, seq));
create index event_unit on cases.event (unit_id, case_id) where unit_id is not null;
create function cases.refuse_change() returns trigger language plpgsql as $$
begin raise exception 'the trail of a case is append-only'; end $$;
create trigger event_stands before update or delete on cases.event
  for each statement execute function cases.refuse_change();

-- Photos by case: who may see the case may see them.
create table cases.photo (
  case_id uuid not null references cases.case_file,
  photo_id uuid not null references evidence.photo,
  act text not null,
  at timestamptz not null,
  primary key (case_id, photo_id));

create view cases.api_case as
  select id, no, status, source, kind, class_code, lon, lat, xy, area_code, reported_at, closed_at, due, clock_stopped,
    lead_unit_id, rework_count, reports, alarm_id, origin, version from cases.case_file;
create view cases.api_case_place as select id, scheme, scheme_version, due, place_zh, place_en from cases.case_file;
create view cases.api_event as select case_id, seq, act, from_status, to_status, at, recorded from cases.event;
create view cases.api_report as select id, case_id, source, source_no, code, text, lon, lat, photo_ids, at, recorded from cases.report;
