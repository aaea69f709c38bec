-- Vector tiles that a city pack brought (OpenMapTiles layer names): with the city's data, so that every server has them and a backup too.
create table geography.base_tileset (
  one boolean primary key default true check (one),
  -- Of the file they came in.
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  metadata jsonb not null);
create table geography.base_tile (
  z smallint not null,
  x int not null,
  -- From the north, as in addresses.
  y int not null,
  data bytea not null,
  primary key (z, x, y));
-- They are compressed already.
alter table geography.base_tile alter column data set storage external;

-- What the base map no longer shows; the map itself stays small and needs no condition.
create table geography.map_feature_past (
  id bigint primary key,
  layer text not null,
  class text not null,
  name text,
  geometry jsonb not null,
  ended_edition uuid not null references geography.edition,
  ended_at timestamptz not null);
