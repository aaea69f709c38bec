-- The whole life of a case (domain §3.5, §3.6): every state, pauses and extensions of its clock, what was asked for, merges, kinds of closing.
alter table cases.case_file
  drop constraint case_file_status_check,
  add constraint case_status check (status in ('draft', 'reported', 'verifying', 'pending_file', 'pending_dispatch', 'return_pending', 'pending_sign',
    'disposing', 'suspended', 'feedback', 'checking', 'pending_close', 'rework', 'void_pending', 'closed', 'rejected', 'merged', 'voided', 'transferred')),
  -- The city's flow that it goes by; 0 is the one that comes with the program.
  add column flow_version int not null default 0,
  add column co_unit_ids text[] not null default '{}',
  add column assignee_id text,
  add column checker_id text,
  add column verified boolean,
  add column unit_returns int not null default 0,
  add column returns int not null default 0,
  add column extensions int not null default 0,
  add column extended_value numeric not null default 0 check (extended_value >= 0),
  add column paused_seconds float8 not null default 0 check (paused_seconds >= 0),
  add column paused_at timestamptz,
  add column asked jsonb,
  add column back_to text,
  add column difficult boolean not null default false,
  add column suspended_until timestamptz,
  add column merged_into uuid references cases.case_file,
  add column close_kind text check (close_kind in ('normal', 'by_notice', 'forced', 'self_handled', 'remote')),
  add column transferred_to text,
  add column doubts text[] not null default '{}',
  -- What it has said by itself of the clocks that run now, and when it has something to say next.
  add column told text[] not null default '{}',
  add column wake_at timestamptz,
  add column reopened_from uuid references cases.case_file,
  add column parent_id uuid references cases.case_file,
  -- Raised by a leader's instruction (批示).
  add column priority int not null default 0,
  add constraint case_merged check ((status = 'merged') = (merged_into is not null)),
  add constraint case_suspended check ((status = 'suspended') = (suspended_until is not null)),
  add constraint case_not_into_itself check (merged_into <> id and parent_id <> id and reopened_from <> id);

-- The rules of the first table, for the states that there are now.
do $$ declare c text; begin
  for c in select conname from pg_constraint where conrelid = 'cases.case_file'::regclass and contype = 'c'
    and (pg_get_constraintdef(oid) like '%due IS NOT NULL%' or pg_get_constraintdef(oid) like '%standard_id IS NOT NULL%'
      or pg_get_constraintdef(oid) like '%lead_unit_id IS NOT NULL%') and pg_get_constraintdef(oid) like '%status%'
  loop execute format('alter table cases.case_file drop constraint %I', c); end loop;
end $$;
alter table cases.case_file
  add constraint case_has_deadline check (due is not null or origin <> 'live' or status not in ('return_pending', 'pending_sign', 'disposing', 'suspended', 'feedback', 'checking', 'pending_close', 'rework')),
  add constraint case_has_standard check (standard_id is not null or origin <> 'live' or status not in ('pending_dispatch', 'return_pending', 'pending_sign', 'disposing', 'suspended', 'feedback', 'checking', 'pending_close', 'rework')),
  add constraint case_has_unit check (lead_unit_id is not null or origin <> 'live' or status not in ('return_pending', 'pending_sign', 'disposing', 'suspended', 'feedback', 'checking', 'pending_close', 'rework'));
update cases.case_file set close_kind = 'normal' where status = 'closed';
alter table cases.case_file add constraint case_closed_somehow check (status <> 'closed' or origin <> 'live' or close_kind is not null);

drop index cases.case_open, cases.case_closed, cases.case_unit;
create index case_open on cases.case_file (status, coalesce(stage_due, due), id) where status not in ('closed', 'rejected', 'merged', 'voided', 'transferred');
create index case_open_area on cases.case_file (area_code text_pattern_ops, coalesce(stage_due, due)) where status not in ('closed', 'rejected', 'merged', 'voided', 'transferred');
create index case_closed on cases.case_file (closed_at desc, id) where status in ('closed', 'rejected', 'merged', 'voided', 'transferred');
create index case_unit on cases.case_file (lead_unit_id, status) where status not in ('closed', 'rejected', 'merged', 'voided', 'transferred');
create index case_co_unit on cases.case_file using gin (co_unit_ids) where co_unit_ids <> '{}';
create index case_wake on cases.case_file (wake_at) where wake_at is not null;
create index case_merged_into on cases.case_file (merged_into) where merged_into is not null;
create index case_reopened on cases.case_file (reopened_from) where reopened_from is not null;
create index case_parent on cases.case_file (parent_id) where parent_id is not null;

-- Timers were jobs of their own; now the case itself knows when it wakes.
update cases.case_file c set wake_at = now(), told = coalesce((select array_agg(distinct e.act) from cases.event e
  where e.case_id = c.id and e.act in ('urge', 'overdue')), '{}')
where status not in ('closed', 'rejected');

-- What a step said beyond reason, standard, unit and photos: enough to live the case again from its trail.
alter table cases.event add column detail jsonb;

-- The city's own way through the life of a case, by version; the one in force is for cases that are filed from now on.
create table cases.flow (
  version int primary key check (version > 0),
  definition jsonb not null,
  note text not null,
  created_by text not null,
  created_at timestamptz not null,
  in_force boolean not null default false);
create unique index flow_in_force on cases.flow (in_force) where in_force;


create or replace view cases.api_case as
  select id, no, status, source, kind, class_code, lon, lat, xy, area_code, reported_at, closed_at, due, clock_stopped,
    lead_unit_id, rework_count, reports, alarm_id, origin, version, standard_id, clock_start, urge_at, stage_due, close_kind, returns, extensions,
    verified, difficult, co_unit_ids, merged_into, reopened_from, parent_id, doubts from cases.case_file;
create or replace view cases.api_event as select case_id, seq, act, from_status, to_status, at, recorded, actor_id, actor_unit, unit_id, used_seconds from cases.event;
