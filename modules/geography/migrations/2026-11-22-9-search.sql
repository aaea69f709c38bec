-- Search follows components by what changed, as maps follow devices.
alter table geography.component add column xid xid8 not null default pg_current_xact_id();
create index component_changed on geography.component (xid);
create function geography.mark_change() returns trigger language plpgsql as $$
begin
  new.xid := pg_current_xact_id();
  return new;
end $$;
create trigger component_marked before update on geography.component for each row
  when (old.name is distinct from new.name or old.state is distinct from new.state or old.cell_code is distinct from new.cell_code
    or old.owner_name is distinct from new.owner_name or old.maintainer_name is distinct from new.maintainer_name
    or old.competent_name is distinct from new.competent_name or old.lon is distinct from new.lon or old.lat is distinct from new.lat)
  execute function geography.mark_change();

create view geography.api_component_words as
  select id, name, cell_code, lon, lat, state, competent_name, owner_name, maintainer_name, xid from geography.component;

-- Whatever has a name or an address, a point each: places, door plates, and what the map names.
create view geography.api_place_words as
  select 'place/' || id as id, name, coalesce(name_en, '') as name_en, array_to_string(aliases, E'\n') as also, kind, area_code, lon, lat,
    valid_to is not null and valid_to < (now() at time zone 'Asia/Shanghai')::date as gone
  from geography.place
  union all
  select 'address/' || id, road || number || estate || building, '', '', 'door-plate', area_code, lon, lat,
    valid_to is not null and valid_to < (now() at time zone 'Asia/Shanghai')::date
  from geography.address
  union all
  (select distinct on (f.layer, f.name) 'map/' || f.layer || '/' || f.name, f.name, '', '', f.layer, null::text,
    (m.point->>0)::float8, (m.point->>1)::float8, false
  from geography.map_feature f cross join lateral (
    select case f.geometry->>'type'
      when 'Point' then f.geometry->'coordinates'
      when 'LineString' then f.geometry->'coordinates'->(jsonb_array_length(f.geometry->'coordinates') / 2)
      when 'MultiPolygon' then f.geometry->'coordinates'->0->0->0
      else f.geometry->'coordinates'->0->(jsonb_array_length(f.geometry->'coordinates'->0) / 2) end as point) m
  where f.name is not null and f.name <> '' order by f.layer, f.name, f.id);
