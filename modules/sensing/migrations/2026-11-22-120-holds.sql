-- What a case rests on stays whole while the case is open, and for as long after its end as the rules of keeping say (evidenceDays).
create table sensing.hold (
  -- Cases stand above, so there is no foreign key.
  case_id uuid not null,
  device_id uuid not null references sensing.device,
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at),
  -- The alarm that it was filed from, or what was sensed near its place.
  because text not null check (because in ('alarm', 'near')),
  held_at timestamptz not null,
  -- When the case ended; null while it is open.
  ended_at timestamptz,
  primary key (case_id, device_id, from_at));
create index hold_device on sensing.hold (device_id, from_at);

-- What holds depends on a rule now, also on one that is only tried (`pinned` of keeping/queries/parts.ts).
drop view sensing.pinned;

-- What was held when its day was gone through and is let go later goes in the next round.
alter table sensing.keeping_progress add column began date not null default (now() at time zone 'Asia/Shanghai')::date;
