-- Who looked where (定点+机动): one row a cell, kind of device and hour, made of fixes and of signs of life; joined, never counted up, so
-- that what is told twice changes nothing.
create table sensing.cell_pass (
  cell text not null,
  kind text not null,
  -- Beginning of the hour, by the clock of the device.
  at timestamptz not null,
  -- Short numbers of the devices, each once, in order: what makes the count of them a union.
  handles int[] not null check (cardinality(handles) > 0),
  last_at timestamptz not null,
  primary key (cell, at, kind)) with (fillfactor = 70);
create index cell_pass_hour on sensing.cell_pass (at);

-- The last look at each cell by each kind, so that "how long ago" reads one row a cell and not a week of hours.
create table sensing.cell_look (
  cell text not null,
  kind text not null,
  last_at timestamptz not null,
  primary key (cell, kind)) with (fillfactor = 70);

-- Ten-minute rows of tracks that were written and not yet looked through for cells.
create table sensing.pass_due (
  at timestamptz not null,
  handle int not null,
  primary key (at, handle));
insert into sensing.pass_due (at, handle) select at, handle from sensing.track where at > now() - interval '7 days';

-- How far fixed devices of a kind reach and what counts as looking: rules as data. The highest number is in force.
create table sensing.coverage_rule (
  version int primary key check (version > 0),
  definition jsonb not null,
  note text not null default '',
  set_by text not null,
  set_at timestamptz not null);
insert into sensing.coverage_rule (version, definition, note, set_by, set_at) values (1,
  '{"reachM": {"noise_monitor": 100, "dust_monitor": 100, "counter": 30}, "fastestKmh": 60}', '', 'machine', now());

-- Looks are kept by a rule like all else; no question about them goes further back than a week.
update sensing.keeping_rule set definition = definition || '{"passDays": 62}' where not definition ? 'passDays';
alter table sensing.keeping_progress drop constraint keeping_progress_store_check;
alter table sensing.keeping_progress add constraint keeping_progress_store_check
  check (store in ('realtime', 'minute', 'hour', 'track', 'track-end', 'pass'));
