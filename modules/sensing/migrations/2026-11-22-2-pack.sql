-- A device that the city's pack no longer names is retired: its past stays, its gateway no longer listens to it.
alter table sensing.device add column from_pack boolean not null default false, add column retired timestamptz;
