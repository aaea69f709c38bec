-- Many to many, 2: meetings about hard cases (联席会、协调会), their agenda and what was decided.
create table cases.meeting (
  id uuid primary key,
  no text not null unique,
  kind text not null check (kind in ('joint', 'coordination')),
  title text not null check (title <> ''),
  held_at timestamptz not null,
  place text not null default '',
  area_code text not null,
  created_by text not null,
  created_at timestamptz not null);
create index meeting_held on cases.meeting (held_at desc);

create table cases.agenda (
  meeting_id uuid not null references cases.meeting,
  case_id uuid not null references cases.case_file,
  position int not null,
  -- resolved: it leaves the list of hard cases; continued: it stays there.
  outcome text check (outcome in ('resolved', 'continued')),
  decision text,
  lead_unit_id text references identity.unit,
  due timestamptz,
  decided_by text,
  decided_at timestamptz,
  follow_up text,
  followed_by text,
  followed_at timestamptz,
  primary key (meeting_id, case_id),
  check ((outcome is null) = (decided_at is null) and (outcome is null) = (decision is null)),
  check (followed_at is null or decided_at is not null));
create index agenda_case on cases.agenda (case_id);
-- Decisions that somebody is still to follow up.
create index agenda_to_follow on cases.agenda (due) where decided_at is not null and followed_at is null;
