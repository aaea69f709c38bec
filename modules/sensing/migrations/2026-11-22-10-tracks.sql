-- Where everything was. What arrives is appended to one of three bays, each for ten minutes of the gateways' clocks, and packed from
-- there into ten minutes a row (`tracks/model/chunk.ts`): a tenth of the room. Only the packing empties a bay.
create table sensing.fix_hot (
  at_ms bigint not null,
  handle int not null,
  lon_e6 int not null,
  lat_e6 int not null,
  -- 32 bits as the terminal sent them, read as a signed number.
  alarm_bits int not null,
  status_bits int not null,
  -- Bits of what we hold against it (`tracks/model/fix.ts`).
  quality int not null,
  -- Tenths of a kilometre per hour, degrees; -1 where the device does not say.
  speed_dkmh smallint not null,
  heading_deg smallint not null,
  bay smallint not null) partition by list (bay);
-- No key: a frame that is sent again is told apart when it is read or packed, which costs the one who writes nothing.
create table sensing.fix_hot_0 partition of sensing.fix_hot for values in (0);
create table sensing.fix_hot_1 partition of sensing.fix_hot for values in (1);
create table sensing.fix_hot_2 partition of sensing.fix_hot for values in (2);
create index fix_hot_when on sensing.fix_hot (handle, at_ms);

create table sensing.track (
  handle int not null,
  -- Beginning of the ten minutes.
  at timestamptz not null,
  fixes int not null,
  -- Of the fixes that say where the device was; null when none does.
  west_e6 int,
  south_e6 int,
  east_e6 int,
  north_e6 int,
  body bytea not null,
  primary key (handle, at)) partition by range (at);
alter table sensing.track alter column body set storage external;
create index track_when on sensing.track (at);
create table sensing.track_default partition of sensing.track default;

insert into sensing.fix_hot
  select distinct on (handle, at_ms) * from (
    select (extract(epoch from f.at) * 1000)::bigint as at_ms, d.handle, round(f.lon * 1e6)::int as lon, round(f.lat * 1e6)::int as lat,
      (case when f.alarm_bits > 2147483647 then f.alarm_bits - 4294967296 else f.alarm_bits end)::int as alarm,
      (case when f.status_bits > 2147483647 then f.status_bits - 4294967296 else f.status_bits end)::int as status,
      (select coalesce(bit_or(1 << (array_position(array['latitude-out-of-range', 'longitude-out-of-range', 'course-out-of-range',
        'time-invalid', 'coordinates-encrypted', 'items-cut-short', 'item-length', 'not-fixed', 'clock-ahead'], q) - 1)), 0)
        from unnest(f.quality) q) as quality,
      coalesce(round(f.speed_kmh * 10), -1)::smallint as speed, coalesce(round(f.heading_deg)::int % 360, -1)::smallint as heading,
      0::smallint as bay
    from sensing.position_fix f join sensing.device d on d.id = f.device_id) old
  order by handle, at_ms;
drop table sensing.position_fix;
select sensing.ensure_partition('track', (now() at time zone 'Asia/Shanghai')::date + d) from generate_series(-1, 7) as d;

-- Places that somebody watches (电子围栏): who is inside, since when, and who was.
create table sensing.fence (
  id uuid primary key,
  name_zh text not null check (length(name_zh) between 1 and 80),
  name_en text not null check (length(name_en) between 1 and 120),
  area_code text check (area_code ~ '^\d{6,15}$'),
  -- GeoJSON polygon, WGS-84.
  polygon jsonb not null,
  made_by text not null,
  made_at timestamptz not null default now(),
  ended_at timestamptz,
  xid xid8 not null default pg_current_xact_id());
create table sensing.fence_stay (
  fence_id uuid not null references sensing.fence,
  handle int not null,
  -- By the device's clock: the first fix inside, and the first outside again.
  entered_at timestamptz not null,
  left_at timestamptz check (left_at >= entered_at),
  primary key (fence_id, handle, entered_at));
create unique index one_stay_at_a_time on sensing.fence_stay (fence_id, handle) where left_at is null;
create index stay_of_device on sensing.fence_stay (handle, entered_at);
