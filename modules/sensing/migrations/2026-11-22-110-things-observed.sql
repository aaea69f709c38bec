-- What stands on the lists of SensorThings is what something measures, or what was written there: the catalogue of all that could
-- be measured is ours, and an empty city has empty lists.
create index datastream_factor on sensing.datastream (factor_id);
create index datastream_instrument on sensing.datastream (instrument_id);

create or replace view sensing.sta_sensor as
  select i.id, i.name, i.description, i.encoding_type, i.metadata, i.properties from sensing.instrument i
  where i.deleted is null and (i.kind is null or exists (
    select from sensing.datastream s join sensing.device d on d.id = s.device_id
    where s.instrument_id = i.id and s.deleted is null and d.retired is null));

create or replace view sensing.sta_observed_property as
  select f.id, f.name_zh as name, f.definition, case when f.description <> '' then f.description else f.name_en end as description,
    f.properties || case when f.code like 'sta:%' then '{}' else jsonb_build_object('code', f.code, 'nameEn', f.name_en) end as properties
  from sensing.factor f
  where f.deleted is null and (f.code like 'sta:%' or exists (
    select from sensing.datastream s join sensing.device d on d.id = s.device_id
    where s.factor_id = f.id and s.deleted is null and d.retired is null));
