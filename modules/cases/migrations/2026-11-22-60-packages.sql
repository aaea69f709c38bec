-- Many to many, 1: numbers of a year, and packages (打包交办).
create table cases.yearly (
  kind text not null,
  year int not null,
  last int not null,
  primary key (kind, year));

create table cases.package (
  id uuid primary key,
  no text not null unique,
  title text not null check (title <> ''),
  lead_unit_id text not null references identity.unit,
  due timestamptz not null,
  note text not null default '',
  -- How its cases were chosen; null when by hand.
  chosen_by jsonb,
  -- What all its cases have in common of their cells' codes.
  area_code text not null,
  created_by text not null,
  created_at timestamptz not null,
  -- From here on the unit sees it as one work item (曝光).
  dispatched_at timestamptz,
  closed_at timestamptz,
  closing text,
  check ((closed_at is null) = (closing is null)));
create index package_open on cases.package (due) where closed_at is null;
create index package_unit on cases.package (lead_unit_id);

create table cases.package_member (
  package_id uuid not null references cases.package,
  case_id uuid not null references cases.case_file,
  added_by text not null,
  added_at timestamptz not null,
  removed_at timestamptz,
  primary key (package_id, case_id));
-- A case is in one package at a time.
create unique index package_member_once on cases.package_member (case_id) where removed_at is null;
