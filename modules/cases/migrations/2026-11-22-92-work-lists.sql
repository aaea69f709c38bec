-- A work list is read in the order of its deadlines and ends with the page; which cases stand in a stage is found by `case_unit`.
drop index cases.case_open;
create index case_open_due on cases.case_file (coalesce(stage_due, due), id) where status not in ('closed', 'rejected', 'merged', 'voided', 'transferred');
