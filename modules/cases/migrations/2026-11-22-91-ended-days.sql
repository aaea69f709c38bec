-- Daily sums of how cases ended, by street and unit, so that rates of a month need not count its cases one by one. `mark`: whatever
-- was committed before it is in the sums; a day that something touched since is counted from its cases.
create table cases.ended_day (
  day date not null,
  -- The street; '' where there is none.
  area_code text not null,
  unit_id text not null,
  outcome text not null,
  n int not null,
  -- Of those that were closed, as the rates count them.
  verified int not null,
  asked int not null,
  answered int not null,
  confirmed int not null,
  primary key (day, area_code, unit_id, outcome));
create table cases.ended_mark (
  one boolean primary key default true check (one),
  mark xid8 not null);
