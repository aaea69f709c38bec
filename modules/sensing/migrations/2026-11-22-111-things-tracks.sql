-- Where a thing was, as its track has it: ten minutes of a track are a HistoricalLocation, and the way in them is its Location.
-- Nothing is kept twice. The number of both says whose ten minutes they are and which (`sta/tracked.ts` reads it back).
create view sensing.sta_past_track as
  select 2147483648 + t.handle::bigint * 2097152 + (extract(epoch from t.at)::bigint - 1577836800) / 600 as id,
    d.id as device_id, t.handle as thing_id, t.at as time
  from sensing.track t join sensing.device d on d.handle = t.handle
  where d.retired is null and t.west_e6 is not null and t.at >= '2020-01-01T00:00:00Z';

create view sensing.sta_track_place as
  select h.id, h.device_id, h.thing_id, h.time, d.name_zh as name, coalesce(d.label, d.name_en) as description,
    'application/geo+json'::text as encoding_type, 'null'::jsonb as location, '{}'::jsonb as properties
  from sensing.sta_past_track h join sensing.device d on d.id = h.device_id;
