create schema sensing;

-- One register for everything that senses (一张网), whatever it speaks.
create table sensing.device (
  id uuid primary key,
  -- Short number for live frames.
  handle int not null generated always as identity unique,
  kind text not null check (kind in ('noise_monitor', 'vehicle', 'phone', 'radio')),
  protocol text not null check (protocol in ('hj212', 'jt808', 'app', 'trunk')),
  -- MN of HJ 212, phone number of JT/T 808 without zeros in front.
  address text not null check (length(address) between 1 and 64),
  name_zh text not null,
  name_en text not null,
  label text,
  unit_id text references identity.unit,
  -- The cell of its point; of a thing that moves, its unit's area.
  area_code text check (area_code ~ '^\d{6,15}$'),
  lon float8,
  lat float8,
  night_permit boolean,
  -- How far it may stray from its protocol, and the password it must send.
  profile jsonb not null default '{}',
  registered_at timestamptz not null default now(),
  -- Gateways ask only for what changed.
  xid xid8 not null default pg_current_xact_id(),
  unique (protocol, address),
  check ((lon is null) = (lat is null)));
create index device_changed on sensing.device (xid);
create index device_area on sensing.device (area_code text_pattern_ops);

-- A row once it was heard. Whoever stores something for a device upserts this row first, in the order of ids: the row lock
-- makes two gateways judge one device one after the other.
create table sensing.device_state (
  device_id uuid primary key references sensing.device,
  last_heard timestamptz not null,
  state text not null check (state in ('online', 'silent'))) with (fillfactor = 50);

-- What was measured, flagged rather than deleted. The key makes a frame that is sent again do nothing.
-- No foreign key on the hot path: it would lock the device's row for every value; devices are never deleted.
create table sensing.observation (
  device_id uuid not null,
  factor text not null,
  period text not null check (period in ('rtd', 'minute', 'hour', 'day')),
  -- Beginning of the period.
  observed_at timestamptz not null,
  value float8,
  max float8,
  min float8,
  -- As the device sent it (N normal); null when it sends none.
  flag text,
  -- What we hold against it; empty when nothing.
  quality text[] not null default '{}',
  received_at timestamptz not null,
  primary key (device_id, factor, period, observed_at)) partition by range (observed_at);
create table sensing.observation_default partition of sensing.observation default;

-- Where everything is now. Small and ever changing: no index but the key, so that updates stay on their page.
create table sensing.position (
  device_id uuid primary key references sensing.device,
  lon float8 not null,
  lat float8 not null,
  -- The cell it is in; null outside the city.
  area_code text,
  heading_deg float4,
  speed_kmh float4,
  at timestamptz not null,
  received_at timestamptz not null,
  xid xid8 not null default pg_current_xact_id()) with (fillfactor = 30);

-- Where everything was: hot rows.
create table sensing.position_fix (
  device_id uuid not null,
  at timestamptz not null,
  lon float8 not null,
  lat float8 not null,
  heading_deg float4,
  speed_kmh float4,
  -- Bits as the terminal sent them.
  alarm_bits bigint not null default 0,
  status_bits bigint not null default 0,
  quality text[] not null default '{}',
  received_at timestamptz not null,
  primary key (device_id, at)) partition by range (at);
create table sensing.position_fix_default partition of sensing.position_fix default;

create table sensing.alarm (
  id uuid primary key,
  rule text not null,
  level text not null check (level in ('warn', 'alarm')),
  device_id uuid not null references sensing.device,
  -- By the data that raised and cleared it.
  raised_at timestamptz not null,
  cleared_at timestamptz check (cleared_at >= raised_at),
  peak float8 not null,
  limit_value float8 not null,
  unit text not null,
  -- The standard in force on that day, by name.
  standard text not null,
  verdict text check (verdict in ('true', 'false', 'known')),
  verdict_by text,
  verdict_at timestamptz,
  -- The case it belongs to; cases stand above, so there is no foreign key.
  case_id uuid,
  recorded_at timestamptz not null default now(),
  check ((verdict is null) = (verdict_by is null) and (verdict is null) = (verdict_at is null)));
-- Later findings update the open one.
create unique index one_open_alarm on sensing.alarm (device_id, rule) where cleared_at is null;
create index alarm_raised on sensing.alarm (raised_at desc, id);
create index alarm_device on sensing.alarm (device_id, raised_at desc);

-- Frames that could not be taken, counted by all gateways together.
create table sensing.reject (
  protocol text not null,
  code text not null,
  -- The device where it is known, else where the bytes came from.
  address text not null,
  count bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (protocol, code, address));

create table sensing.unknown_device (
  protocol text not null,
  address text not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  frames bigint not null,
  primary key (protocol, address));

-- Keys that all gateways share and that outlive each of them.
create table sensing.secret (
  name text primary key,
  value bytea not null);

-- The partition of a legal day. Rows that came before it was made lie in the default partition and move over.
create function sensing.ensure_partition(parent text, day date) returns boolean language plpgsql as $$
declare
  part text := parent || '_' || to_char(day, 'YYYYMMDD');
  clock text := case parent when 'observation' then 'observed_at' else 'at' end;
  low timestamptz := day::timestamp at time zone 'Asia/Shanghai';
  high timestamptz := (day + 1)::timestamp at time zone 'Asia/Shanghai';
begin
  perform pg_advisory_xact_lock(hashtext('sensing.ensure_partition'));
  if to_regclass('sensing.' || part) is not null then return false; end if;
  execute format('create table sensing.%I (like sensing.%I including defaults including constraints)', part, parent);
  execute format('lock table sensing.%I in access exclusive mode', parent || '_default');
  execute format('with early as (delete from sensing.%1$I where %2$I >= $1 and %2$I < $2 returning *)
    insert into sensing.%3$I select * from early', parent || '_default', clock, part) using low, high;
  execute format('alter table sensing.%I attach partition sensing.%I for values from (%L) to (%L)', parent, part, low, high);
  return true;
end $$;
select sensing.ensure_partition(p, (now() at time zone 'Asia/Shanghai')::date + d)
  from unnest(array['observation', 'position_fix']) as p, generate_series(-1, 7) as d;

create view sensing.api_device as
  select id, handle, kind, protocol, address, name_zh, name_en, label, unit_id, area_code, lon, lat, night_permit from sensing.device;
create view sensing.api_position as
  select device_id, lon, lat, area_code, heading_deg, speed_kmh, at from sensing.position;
create view sensing.api_alarm as
  select id, rule, level, device_id, raised_at, cleared_at, peak, limit_value, unit, standard, verdict, case_id from sensing.alarm;
