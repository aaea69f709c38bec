-- What reporters said of a closing: was it fixed? Each may speak once of each case that was closed; the trail tells it too.
create table cases.answer (
  report_id uuid not null references cases.report,
  -- The closed case that it is about.
  case_id uuid not null references cases.case_file,
  fixed boolean not null,
  reason text,
  at timestamptz not null,
  primary key (report_id, case_id));
create index answer_case on cases.answer (case_id);
create view cases.api_answer as select report_id, case_id, fixed, at from cases.answer;
