-- 督办单、批示、通报 (domain §3.6, end): numbered papers with a deadline of their own. A paper is never deleted: it is answered or withdrawn.
create table cases.paper_serial (
  kind text not null,
  district text not null,
  year int not null,
  last int not null,
  primary key (kind, district, year));
create table cases.paper (
  id uuid primary key,
  no text not null unique,
  kind text not null check (kind in ('supervision', 'instruction', 'circular')),
  state text not null check (state in ('open', 'answered', 'withdrawn', 'published')),
  case_id uuid references cases.case_file,
  -- Who must answer; of a circular, whose cases it lists, where it is about one unit.
  unit_id text references identity.unit,
  area_code text not null,
  text text not null check (text <> ''),
  issued_by text not null,
  issued_unit text,
  issued_at timestamptz not null,
  reply_due timestamptz,
  -- Its lateness is said once.
  late_said boolean not null default false,
  reply text,
  replied_by text,
  replied_at timestamptz,
  withdrawn_by text,
  withdrawn_at timestamptz,
  withdrawn_why text,
  priority int,
  -- Of a circular: {"figures": …, "cases": […]} as they stood when it was issued.
  frozen jsonb,
  check ((kind = 'circular') = (case_id is null)),
  check ((kind = 'circular') = (frozen is not null)),
  check ((kind = 'circular') = (reply_due is null)),
  check ((kind = 'circular') = (state = 'published')),
  check ((state = 'answered') = (reply is not null and replied_at is not null)),
  check ((state = 'withdrawn') = (withdrawn_at is not null)));
create index paper_case on cases.paper (case_id) where case_id is not null;
create index paper_waits on cases.paper (reply_due) where state = 'open' and not late_said;
create index paper_state on cases.paper (kind, state, issued_at desc);
create view cases.api_paper as
  select id, no, kind, state, case_id, unit_id, area_code, issued_at, reply_due, replied_at from cases.paper;

-- 曝光: a case shown to the public as typical, with a text of its own. The last word counts.
create table cases.exposure (
  case_id uuid primary key references cases.case_file,
  text text not null check (text <> ''),
  shown_since timestamptz not null,
  shown_by text not null,
  ended_at timestamptz,
  ended_by text);
