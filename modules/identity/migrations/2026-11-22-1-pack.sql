-- What a city pack brought may be ended by a later one; what was made by hand never is.
alter table identity.unit add column from_pack boolean not null default false, add column ended date;
alter table identity.person add column from_pack boolean not null default false;
alter table identity.membership add column from_pack boolean not null default false;
create or replace view identity.api_unit as select id, parent_id, name_zh, name_en, kind, axis, area_code, ended from identity.unit;
