-- What of a component is searched; its changes are marked since 6.
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
