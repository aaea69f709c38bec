-- Many to many, 3: black spots that are kept on the books until they stay clean (挂账、销账).
create table cases.hung_item (
  id uuid primary key,
  no text not null unique,
  level text not null check (level in ('city', 'district', 'street')),
  lon float8 not null,
  lat float8 not null,
  -- Metres, as with cases.
  xy point not null,
  area_code text not null check (area_code ~ '^\d{15}$'),
  place text not null default '',
  problem text not null check (problem <> ''),
  unit_id text not null references identity.unit,
  due timestamptz not null,
  passes_needed int not null check (passes_needed > 0),
  days_needed int not null check (days_needed >= 0),
  state text not null default 'hung' check (state in ('hung', 'cleared')),
  hung_at timestamptz not null,
  cleared_at timestamptz,
  relapses int not null default 0,
  created_by text not null,
  check ((state = 'cleared') = (cleared_at is not null)));
create index hung_xy on cases.hung_item using gist (xy);
create index hung_state on cases.hung_item (state, due);

create table cases.hung_check (
  id uuid primary key,
  item_id uuid not null references cases.hung_item,
  at timestamptz not null,
  passed boolean not null,
  note text not null default '',
  photo_ids uuid[] not null default '{}',
  checked_by text not null);
create index hung_check_item on cases.hung_check (item_id, at);
