-- The 部件 that a case is about: chosen by whoever reported it, or the nearest of its class, as proposed.
alter table cases.case_file
  add column component_id text references geography.component,
  add column component_chosen boolean not null default false,
  add check (component_id is not null or not component_chosen);
create index case_component on cases.case_file (component_id) where component_id is not null;
