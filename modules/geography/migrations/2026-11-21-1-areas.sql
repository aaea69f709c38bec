create schema geography;

-- The city as a whole. `version` changes with every load, so that processes know when what they hold in memory is old.
create table geography.city (
  one boolean primary key default true check (one),
  version uuid not null,
  name_zh text not null,
  name_en text not null,
  -- Shown wherever its data is shown: 示意/模拟数据 for a demo.
  label_zh text not null,
  label_en text not null,
  bounds float8[] not null check (array_length(bounds, 1) = 4));

create table geography.area (
  code text primary key check (code ~ '^\d{6}(\d{3}){0,2}$'),
  level text not null check (level in ('city', 'district', 'street', 'community')),
  name text not null,
  parent_code text references geography.area,
  -- GeoJSON geometry; communities of a schematic city have none.
  geometry jsonb,
  check (length(code) = case level when 'street' then 9 when 'community' then 12 else 6 end));

-- 单元网格: 6 district + 3 street + 3 community + 3 sequence (DB11, GB/T 30428.1).
create table geography.cell (
  code text primary key check (code ~ '^\d{15}$'),
  community_code text not null references geography.area,
  lon float8 not null,
  lat float8 not null,
  -- The outer ring, [[lon, lat], …].
  ring jsonb not null,
  check (starts_with(code, community_code)));

create table geography.map_feature (
  id bigint generated always as identity primary key,
  layer text not null check (layer in ('road', 'water', 'landuse', 'place')),
  class text not null,
  name text,
  geometry jsonb not null);

create view geography.api_area as select code, level, name, parent_code from geography.area;
create view geography.api_cell as select code, community_code, lon, lat from geography.cell;
