-- 单元网格 in time: every version of every cell ever, and of every area. `geography.cell` stays what is in force now.
alter table geography.area add column name_en text;
-- An area that is no longer part of the city; its name is still needed by what happened there.
alter table geography.area add column valid_to timestamptz;

create table geography.area_version (
  id bigint generated always as identity primary key,
  code text not null references geography.area,
  level text not null,
  name text not null,
  name_en text,
  parent_code text references geography.area,
  geometry jsonb,
  -- Null: since before our records.
  valid_from timestamptz,
  valid_to timestamptz,
  edition uuid not null references geography.edition,
  ended_in uuid references geography.edition,
  check (valid_to >= valid_from));
create unique index area_version_now on geography.area_version (code) where valid_to is null;

create table geography.cell_version (
  id bigint generated always as identity primary key,
  code text not null check (code ~ '^\d{15}$'),
  community_code text not null references geography.area,
  lon float8 not null,
  lat float8 not null,
  ring jsonb not null,
  -- In the plane of the survey (3-degree Gauss–Krüger).
  area_m2 float8 not null,
  land_use text,
  grade text,
  responsible text,
  note text,
  -- Null: since before our records.
  valid_from timestamptz,
  valid_to timestamptz,
  -- Why it ended: split, merge, reassign, change, pack, undo; and the cells that lie there since.
  ending text check (ending in ('split', 'merge', 'reassign', 'change', 'pack', 'undo')),
  replaced_by text[] not null default '{}',
  edition uuid not null references geography.edition,
  ended_in uuid references geography.edition,
  check (starts_with(code, community_code)),
  check (valid_to >= valid_from),
  check ((valid_to is null) = (ending is null)));
create unique index cell_version_now on geography.cell_version (code) where valid_to is null;
create index cell_version_code on geography.cell_version (code text_pattern_ops, valid_from);
create index cell_version_edition on geography.cell_version (edition);
create index cell_version_ended_in on geography.cell_version (ended_in) where ended_in is not null;

-- 三网融合: other tilings (社会服务网格, 公安警务网格 …), each grid a set of cells; a cell is in one grid of a scheme at most.
create table geography.special_grid (
  scheme text not null check (scheme <> ''),
  code text not null check (code <> ''),
  name_zh text not null,
  name_en text not null default '',
  valid_from timestamptz,
  valid_to timestamptz,
  edition uuid not null references geography.edition,
  primary key (scheme, code));
create table geography.special_grid_cell (
  scheme text not null,
  grid_code text not null,
  cell_code text not null,
  valid_from timestamptz,
  valid_to timestamptz,
  edition uuid not null references geography.edition,
  ended_in uuid references geography.edition,
  foreign key (scheme, grid_code) references geography.special_grid,
  check (valid_to >= valid_from));
create unique index special_grid_cell_now on geography.special_grid_cell (scheme, cell_code) where valid_to is null;
create index special_grid_cell_of on geography.special_grid_cell (scheme, grid_code);
create index special_grid_cell_cell on geography.special_grid_cell (cell_code);

-- 责任网格: adjacent cells that one unit or some people answer for, from a day to a day; several rows of one code follow one another.
create table geography.duty_grid (
  id uuid primary key,
  code text not null check (code ~ '^\d{9}G\d{3}$'),
  name_zh text not null,
  name_en text not null default '',
  unit_id text references identity.unit,
  valid_from date not null,
  -- The last day; null: no end.
  valid_to date,
  edition uuid not null references geography.edition,
  check (valid_to >= valid_from));
create unique index duty_grid_once on geography.duty_grid (code, valid_from);
create table geography.duty_grid_person (
  duty_id uuid not null references geography.duty_grid on delete cascade,
  person_id uuid not null references identity.person,
  primary key (duty_id, person_id));
create index duty_grid_person_of on geography.duty_grid_person (person_id);
-- The cells of a duty grid, in time: when a cell is split its parts take its place.
create table geography.duty_grid_cell (
  duty_id uuid not null references geography.duty_grid on delete cascade,
  cell_code text not null,
  valid_from timestamptz,
  valid_to timestamptz,
  edition uuid not null references geography.edition,
  ended_in uuid references geography.edition,
  check (valid_to >= valid_from));
create unique index duty_grid_cell_now on geography.duty_grid_cell (duty_id, cell_code) where valid_to is null;
create index duty_grid_cell_cell on geography.duty_grid_cell (cell_code);

-- Cities that were laid before: what they have is their first version. Shoelace on the ellipsoid's own scale, then that of the zone.
create function geography.ring_area_m2(ring jsonb) returns float8 language sql immutable as $$
  with points as (
    select i, (p ->> 0)::float8 as lon, (p ->> 1)::float8 as lat from jsonb_array_elements(ring) with ordinality as e (p, i)),
  frame as (
    select avg(lon) as lon, avg(lat) as lat, 6378137.0 as a, 0.00669438002290 as e2 from points),
  scale as (
    select lon, lat, e2, round(lon / 3) * 3 as meridian,
      a / sqrt(1 - e2 * sin(radians(lat)) ^ 2) as n,
      a * (1 - e2) / (1 - e2 * sin(radians(lat)) ^ 2) ^ 1.5 as m from frame),
  plane as (
    select i, radians(p.lon - s.lon) * s.n * cos(radians(s.lat)) as x, radians(p.lat - s.lat) * s.m as y,
      1 + (radians(s.lon - s.meridian) * s.n * cos(radians(s.lat))) ^ 2 / (2 * s.n * s.m) as k
    from points p, scale s)
  select round((abs(sum(x1 * y2 - x2 * y1)) / 2 * max(k) ^ 2)::numeric, 1)::float8 from (
    select k, x as x1, y as y1, lead(x) over (order by i) as x2, lead(y) over (order by i) as y2 from plane) as sides
$$;
insert into geography.area_version (code, level, name, parent_code, geometry, edition)
  select a.code, a.level, a.name, a.parent_code, a.geometry, e.id
  from geography.area a, (select id from geography.edition order by number limit 1) e;
insert into geography.cell_version (code, community_code, lon, lat, ring, area_m2, edition)
  select c.code, c.community_code, c.lon, c.lat, c.ring, geography.ring_area_m2(c.ring), e.id
  from geography.cell c, (select id from geography.edition order by number limit 1) e;

create or replace view geography.api_area as select code, level, name, parent_code, name_en, valid_to from geography.area;
create view geography.api_cell_version as
  select code, community_code, lon, lat, area_m2, land_use, grade, responsible, valid_from, valid_to, ending, replaced_by, edition
  from geography.cell_version;
create view geography.api_special_grid as select scheme, code, name_zh, name_en, valid_from, valid_to from geography.special_grid;
create view geography.api_special_grid_cell as
  select scheme, grid_code, cell_code, valid_from, valid_to from geography.special_grid_cell;
create view geography.api_duty_grid as select id, code, name_zh, name_en, unit_id, valid_from, valid_to from geography.duty_grid;
create view geography.api_duty_grid_person as select duty_id, person_id from geography.duty_grid_person;
create view geography.api_duty_grid_cell as select duty_id, cell_code, valid_from, valid_to from geography.duty_grid_cell;
