-- 地名地址: named places, door plates, and what callers called a place in filed cases (domain §2.8).
create table geography.place (
  id text primary key,
  name text not null,
  name_en text,
  aliases text[] not null default '{}',
  kind text not null check (kind in ('area', 'street-lane', 'estate', 'door-plate', 'landmark', 'poi', 'station', 'bridge', 'park')),
  -- CGCS2000. `origin` keeps the coordinates as they came where they came in another system: {"crs": "gcj02", "lon": …, "lat": …}.
  lon float8 not null,
  lat float8 not null,
  origin jsonb,
  -- The cell at the time of loading; null where the place lies outside the city.
  cell text,
  area_code text,
  valid_from date,
  valid_to date,
  source text not null default '',
  edition uuid references geography.edition);

create table geography.address (
  id bigint generated always as identity primary key,
  road text not null,
  -- 36号, 甲36号, 36号院.
  number text not null,
  estate text not null default '',
  building text not null default '',
  lon float8 not null,
  lat float8 not null,
  origin jsonb,
  cell text,
  area_code text,
  valid_to date,
  edition uuid references geography.edition);
create unique index address_standing on geography.address (road, number, estate, building, coalesce(area_code, '')) where valid_to is null;

create table geography.said_place (
  -- The words as they are compared: plain, without blanks and without unit and room.
  key text primary key,
  lon float8 not null,
  lat float8 not null,
  times integer not null default 1,
  last_at timestamptz not null);

create view geography.api_place as select * from geography.place;
create view geography.api_address as select * from geography.address;
