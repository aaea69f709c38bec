-- Many to many, 4: what each unit that helps has done of its part (协办); a case that is done again begins a new round.
create table cases.co_work (
  case_id uuid not null references cases.case_file,
  unit_id text not null references identity.unit,
  round int not null,
  text text not null check (text <> ''),
  photo_ids uuid[] not null default '{}',
  done_by text not null,
  done_at timestamptz not null,
  primary key (case_id, unit_id, round));
