-- 部件: 6 district + 2 major + 2 minor class + 6 serial (CJ/T 214, GB/T 30428.2). Never deleted: what is gone says so.
create table geography.component (
  id text primary key check (id ~ '^[1-8]\d{15}$'),
  class_code text not null generated always as (substr(id, 7, 4)) stored,
  name text not null,
  -- Computed from the place when it is written; community, street and district are its first 12, 9 and 6 digits.
  cell_code text not null check (cell_code ~ '^\d{15}$'),
  lon float8 not null,
  lat float8 not null,
  -- Metres (Gauss–Krüger): the engine's own operators are wrong in degrees.
  xy point not null,
  -- 完好, 破损, 丢失, 废除, 移除
  state text not null check (state in ('intact', 'damaged', 'lost', 'abolished', 'removed')),
  competent_code text,
  competent_name text,
  owner_code text,
  owner_name text,
  maintainer_code text,
  maintainer_name text,
  accuracy text check (accuracy in ('A', 'B', 'C')),
  source text,
  initial_on date,
  changed_on date,
  note text,
  -- Coordinates as they were delivered: {"crs": "gcj02", "x": 116.4, "y": 39.9}
  origin jsonb,
  -- What the last census said of it, as a digest: a census that says the same again does not undo what was reported since.
  given uuid,
  first_edition uuid not null references geography.edition,
  -- The load that touched it last; single changes are events only.
  edition uuid not null references geography.edition,
  version int not null default 1,
  check (left(id, 6) = left(cell_code, 6)));
create index component_xy on geography.component using gist (xy);
create index component_cell on geography.component (cell_code text_pattern_ops, class_code);
create index component_class on geography.component (class_code, id);

-- Append-only. The census itself is an edition and writes no events; what changes after it does.
create table geography.component_event (
  component_id text not null references geography.component,
  version int not null check (version > 1),
  kind text not null check (kind in ('census', 'missing', 'state', 'moved', 'duty')),
  at timestamptz not null,
  recorded timestamptz not null,
  before jsonb not null,
  after jsonb not null,
  by_person uuid references identity.person,
  reason text,
  edition uuid references geography.edition,
  primary key (component_id, version));
create index component_event_edition on geography.component_event (edition) where edition is not null;
create function geography.refuse_component_event_change() returns trigger language plpgsql as $$
begin raise exception 'the history of a component is append-only'; end $$;
create trigger component_event_stands before update or delete on geography.component_event
  for each statement execute function geography.refuse_component_event_change();

-- The facts of a component as its events keep them (model.ts, ComponentFacts).
create function geography.component_facts(c geography.component) returns jsonb language sql stable as $$
  select jsonb_build_object('name', c.name, 'state', c.state, 'lon', c.lon, 'lat', c.lat, 'cell', c.cell_code,
    'competent', case when c.competent_name is not null then jsonb_build_object('code', c.competent_code, 'name', c.competent_name) end,
    'owner', case when c.owner_name is not null then jsonb_build_object('code', c.owner_code, 'name', c.owner_name) end,
    'maintainer', case when c.maintainer_name is not null then jsonb_build_object('code', c.maintainer_code, 'name', c.maintainer_name) end,
    'accuracy', c.accuracy, 'source', c.source, 'initialOn', c.initial_on, 'changedOn', c.changed_on, 'note', c.note) $$;

-- 普查: a file brought by staff, from its arrival to its edition.
create table geography.census (
  id uuid primary key,
  file text not null,
  sha256 text not null,
  bytes bigint not null,
  -- Of what is not in the file: nothing (`changes`), it is gone if of a class in the file (`classes`) or in any case (`city`).
  covers text not null check (covers in ('changes', 'classes', 'city')),
  crs text,
  -- Of whoever brought it: nothing outside is touched.
  areas text[] not null,
  by_person uuid not null references identity.person,
  arrived timestamptz not null,
  state text not null default 'checking' check (state in ('checking', 'faulty', 'ready', 'loading', 'loaded', 'failed')),
  done bigint not null default 0,
  started timestamptz,
  ended timestamptz,
  rows_read int not null default 0,
  -- The first of each file, as they are shown; the count is of all.
  faults jsonb not null default '[]',
  fault_count int not null default 0,
  -- What it would change, then what it changed: {"added": 1, "changed": 2, "retired": 3, "same": 4}
  changes jsonb,
  edition uuid references geography.edition);
create index census_arrived on geography.census (arrived desc);

create view geography.api_component as
  select id, class_code, name, cell_code, left(cell_code, 12) as community_code, left(cell_code, 9) as street_code,
    left(cell_code, 6) as district_code, lon, lat, xy, state, competent_code, competent_name, owner_code, owner_name,
    maintainer_code, maintainer_name, accuracy, source, initial_on, changed_on, version from geography.component;
