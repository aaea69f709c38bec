-- Fences are one thing: each has a time in which it holds, says whom it concerns and keeps its earlier texts; alarm rules name them.
alter table sensing.fence
  add column version int not null default 1 check (version > 0),
  add column valid_from timestamptz,
  add column valid_until timestamptz check (valid_until > valid_from),
  -- Empty: all that move.
  add column kinds text[] not null default '{}',
  add column unit_ids text[] not null default '{}',
  add column note text not null default '';
create index fence_stay_open on sensing.fence_stay (fence_id) where left_at is null;

create table sensing.fence_edition (
  fence_id uuid not null references sensing.fence,
  version int not null check (version > 0),
  name_zh text not null,
  name_en text not null,
  polygon jsonb not null,
  valid_from timestamptz,
  valid_until timestamptz,
  kinds text[] not null,
  unit_ids text[] not null,
  note text not null,
  written_by text not null,
  written_at timestamptz not null,
  primary key (fence_id, version));
insert into sensing.fence_edition
  select id, version, name_zh, name_en, polygon, valid_from, valid_until, kinds, unit_ids, note, made_by, made_at from sensing.fence;

-- Rings that rules and replays held of their own become fences, each ring one, under the name of its newest rule.
create temporary table ring_held on commit drop as
  with held as (
    select definition, state <> 'old' as lives, written_by, written_at, ended_at from sensing.alarm_rule
    union all
    select definition, false, asked_by, asked_at, asked_at from sensing.alarm_trial),
  rings as (
    select definition #> '{condition,ring}' as ring, h.* from held h
    where definition #>> '{condition,kind}' = 'fence' and definition -> 'condition' ? 'ring'),
  spread as (select min(area_code) as low, max(area_code) as high from sensing.device),
  shared as (
    select max(left(low, n)) as code from spread, unnest(array[6, 9, 12, 15]) n where left(low, n) = left(high, n) and length(low) >= n)
  select gen_random_uuid() as id, ring, bool_or(lives) as lives, max(coalesce(ended_at, written_at)) as ended_at,
    (array_agg(definition -> 'name' order by written_at desc))[1] as name,
    (array_agg(written_by order by written_at))[1] as made_by, min(written_at) as made_at,
    coalesce((array_agg(definition #>> '{scope,areas,0}' order by written_at desc)
      filter (where jsonb_array_length(definition #> '{scope,areas}') = 1 and definition #>> '{scope,areas,0}' ~ '^\d{6,15}$'))[1],
      (select code from shared)) as area_code
  from rings group by ring;
insert into sensing.fence (id, name_zh, name_en, area_code, polygon, made_by, made_at, ended_at)
  select id, left(name ->> 'zh-CN', 80), left(name ->> 'en', 120), area_code,
    jsonb_build_object('type', 'Polygon', 'coordinates', jsonb_build_array(
      case when ring -> 0 = ring -> -1 then ring else ring || jsonb_build_array(ring -> 0) end)),
    made_by, made_at, case when lives then null else greatest(ended_at, made_at) end
  from ring_held;
insert into sensing.fence_edition
  select f.id, 1, f.name_zh, f.name_en, f.polygon, null, null, '{}', '{}', '', f.made_by, f.made_at
  from sensing.fence f join ring_held r on r.id = f.id;
update sensing.alarm_rule r set definition = jsonb_set(r.definition #- '{condition,ring}', '{condition,fenceId}', to_jsonb(h.id::text))
  from ring_held h where r.definition #>> '{condition,kind}' = 'fence' and r.definition #> '{condition,ring}' = h.ring;
update sensing.alarm_trial r set definition = jsonb_set(r.definition #- '{condition,ring}', '{condition,fenceId}', to_jsonb(h.id::text))
  from ring_held h where r.definition #>> '{condition,kind}' = 'fence' and r.definition #> '{condition,ring}' = h.ring;
