-- How long what devices said is kept: rules as data, each version says who set it and why. The one with the highest number is in force.
create table sensing.keeping_rule (
  version int primary key check (version > 0),
  definition jsonb not null,
  note text not null default '',
  set_by text not null,
  set_at timestamptz not null);
insert into sensing.keeping_rule (version, definition, note, set_by, set_at) values (1,
  '{"realtimeDays": 90, "minuteDays": 730, "hourDays": null, "trackDays": 180, "trackStepSeconds": 60, "trackThinDays": 730}', '', 'machine', now());

-- What stays of values whose samples have gone. Levels are averaged by their energy.
create table sensing.hour (
  device_id uuid not null,
  factor text not null,
  at timestamptz not null,
  count int not null,
  min float8 not null,
  max float8 not null,
  mean float8 not null,
  primary key (device_id, factor, at));
create index hour_when on sensing.hour (at);

-- What a person holds fast, whatever the rules say: evidence of a case, a dispute, an order of a court.
create table sensing.pin (
  id uuid primary key,
  device_id uuid not null references sensing.device,
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at),
  reason text not null check (length(reason) between 1 and 200),
  pinned_by text not null,
  pinned_at timestamptz not null,
  lifted_by text,
  lifted_at timestamptz,
  check ((lifted_by is null) = (lifted_at is null)));
create index pin_device on sensing.pin (device_id, from_at);

-- An alarm holds its hours fast unless it was withdrawn or judged false: it may become a case, and a case may come before a court.
create view sensing.pinned as
  select device_id, from_at, until_at from sensing.pin where lifted_at is null
  union all
  select device_id, raised_at - interval '1 hour', coalesce(cleared_at, 'infinity') + interval '1 hour' from sensing.alarm
    where not withdrawn and verdict is distinct from 'false';

-- How far the keeping has come in each store, by legal day; it goes through a day in portions.
create table sensing.keeping_progress (
  store text primary key check (store in ('realtime', 'minute', 'hour', 'track', 'track-end')),
  version int not null,
  day date not null,
  after text not null default '');
-- What went, by the legal day on which it went.
create table sensing.keeping_done (
  day date not null,
  store text not null,
  version int not null,
  rows bigint not null,
  bytes bigint not null,
  primary key (day, store, version));

-- Seconds between the fixes that were left; null: all are there.
alter table sensing.track add column step_seconds int;
