create schema inspection;

-- 台账: a form that a city defines itself. The schema in force stands here, every version beside it.
create table inspection.ledger (
  id text primary key check (id ~ '^[a-z][a-z0-9-]{1,39}$'),
  version int not null check (version > 0),
  -- By whom its schema comes: the city pack, or somebody at the desk. What the desk has changed the pack leaves alone.
  origin text not null check (origin in ('pack', 'desk')),
  -- Of the schema as the pack last brought it.
  pack_digest text,
  last_no int not null default 0,
  retired_at timestamptz);
create table inspection.ledger_version (
  ledger_id text not null references inspection.ledger,
  version int not null check (version > 0),
  schema jsonb not null,
  published_at timestamptz not null,
  published_by text,
  primary key (ledger_id, version));

create table inspection.entry (
  id uuid primary key,
  ledger_id text not null,
  -- The version of the schema that its values were made under.
  version int not null,
  no text not null,
  -- Under which the pack knows it.
  code text,
  title text not null,
  -- What a search by words finds; holds no personal field.
  words text not null,
  values jsonb not null,
  state text not null,
  lon float8,
  lat float8,
  -- Metres (Gauss–Krüger), for boxes.
  xy point,
  -- The cell of its place; without one, the area of the unit that keeps it. Null: nowhere in the city.
  area_code text check (area_code ~ '^\d{6,15}$'),
  place_zh text not null default '',
  place_en text not null default '',
  keeper_unit text references identity.unit,
  created_by text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  verified_at timestamptz,
  finding text check (finding in ('confirmed', 'differs', 'not_found')),
  -- The legal day on which it is to be looked at again.
  due_on date,
  retired_at timestamptz,
  -- Of the row as the pack last brought it: a row that stands unchanged in the pack never undoes what people wrote since.
  pack_digest text,
  rev int not null default 1,
  xid xid8 not null default pg_current_xact_id(),
  unique (ledger_id, no),
  unique (ledger_id, code),
  foreign key (ledger_id, version) references inspection.ledger_version,
  check ((lon is null) = (lat is null) and (lon is null) = (xy is null)),
  check ((verified_at is null) = (finding is null)));
create index entry_list on inspection.entry (ledger_id, changed_at desc, id) where retired_at is null;
create index entry_due on inspection.entry (ledger_id, due_on) where retired_at is null;
create index entry_xy on inspection.entry using gist (xy) where retired_at is null;
-- Maps ask for what changed.
create index entry_changed on inspection.entry (xid);
create index entry_area on inspection.entry (area_code text_pattern_ops);

-- Append-only: what an entry was before and after, who changed it and why.
create table inspection.entry_event (
  entry_id uuid not null references inspection.entry,
  seq int not null check (seq > 0),
  act text not null check (act in ('add', 'change', 'state', 'verify', 'retire', 'restore', 'import', 'pack', 'migrate')),
  actor_id text,
  actor_unit text,
  at timestamptz not null,
  recorded timestamptz not null,
  version int not null,
  -- Only what changed; `state` and `finding` beside the fields.
  before jsonb not null,
  after jsonb not null,
  note text not null default '',
  lon float8,
  lat float8,
  photo_ids uuid[] not null default '{}',
  primary key (entry_id, seq));
create function inspection.refuse_change() returns trigger language plpgsql as $$
begin raise exception 'the history of an entry is append-only'; end $$;
create trigger entry_event_stands before update or delete on inspection.entry_event
  for each statement execute function inspection.refuse_change();

create view inspection.api_ledger as
  select l.id, l.version, l.origin, l.retired_at, v.schema, v.published_at
  from inspection.ledger l join inspection.ledger_version v on v.ledger_id = l.id and v.version = l.version;
-- Without values: what a field holds is shown by its class, which only this module knows.
create view inspection.api_entry as
  select id, ledger_id, version, no, code, title, words, state, lon, lat, xy, area_code, place_zh, place_en, keeper_unit, created_at,
    changed_at, verified_at, finding, due_on, retired_at, rev from inspection.entry;
-- How full each field is, for the board of data quality; never what stands in it.
create view inspection.api_filled as
  select e.id as entry_id, e.ledger_id, f->>'key' as key, (f->>'required')::boolean as required, coalesce(e.values ? (f->>'key'), false) as filled
  from inspection.entry e
    join inspection.ledger_version v on v.ledger_id = e.ledger_id and v.version = e.version
    cross join jsonb_array_elements(v.schema->'fields') f
  where e.retired_at is null;
