-- A suspended case that is to be voided or was merged keeps the day on which its suspension ends: it may come back to it.
alter table cases.case_file
  drop constraint case_suspended,
  add constraint case_suspended check (status <> 'suspended' or suspended_until is not null);
