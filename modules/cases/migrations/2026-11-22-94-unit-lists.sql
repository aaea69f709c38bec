-- What waits for a unit is read in the order of its deadlines, stage by stage, and ends with the page, however much it has.
drop index cases.case_unit;
create index case_unit on cases.case_file (lead_unit_id, status, coalesce(stage_due, due), id)
  where status not in ('closed', 'rejected', 'merged', 'voided', 'transferred');
