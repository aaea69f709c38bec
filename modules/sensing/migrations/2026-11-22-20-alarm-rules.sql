-- When data is an alarm, as data that staff edit: each version says who wrote it, who put it in force and when it ended.
create table sensing.alarm_rule (
  id text not null check (id ~ '^[a-z0-9][a-z0-9-]{1,63}$'),
  version int not null check (version > 0),
  state text not null check (state in ('draft', 'in_force', 'old')),
  definition jsonb not null,
  note text not null default '',
  written_by text not null,
  written_at timestamptz not null,
  -- The replay over past data that this text passed through; gone when the text changes.
  trial_id uuid,
  enforced_by text,
  enforced_at timestamptz,
  ended_by text,
  ended_at timestamptz,
  primary key (id, version),
  check (state = 'draft' or (enforced_by is not null and enforced_at is not null)),
  check ((state = 'old') = (ended_at is not null)));
create unique index one_rule_in_force on sensing.alarm_rule (id) where state = 'in_force';
create unique index one_rule_draft on sensing.alarm_rule (id) where state = 'draft';

-- The hour in which night begins; it lasts eight hours (Noise Pollution Prevention Law §88). Each change stays.
create table sensing.night_window (
  since timestamptz primary key,
  from_minute int not null check (from_minute between 1200 and 1439),
  set_by text not null);
insert into sensing.night_window (since, from_minute, set_by) values ('2000-01-01 00:00+08', 1320, 'machine');

-- What gateways stored and nobody has judged: a row a batch, taken by the judge in the transaction that judges it.
create table sensing.fresh (
  seq bigint generated always as identity primary key,
  device_ids uuid[] not null,
  factors text[] not null,
  -- First and last moment of the batch's values of a device within an hour, and the first that may still raise an alarm.
  from_at timestamptz[] not null,
  until_at timestamptz[] not null,
  judge_from timestamptz[] not null) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Minutes of what was measured: judged from, replayed from. Levels are averaged by their energy.
create table sensing.minute (
  device_id uuid not null,
  factor text not null,
  at timestamptz not null,
  mean float8,
  max float8,
  -- The highest level that two values within 60 seconds reach, or a minute record's own maximum.
  pair float8,
  -- The end of the last value in it.
  until_at timestamptz not null,
  primary key (device_id, factor, at)) partition by range (at);
create table sensing.minute_default partition of sensing.minute default;
select sensing.ensure_partition('minute', (now() at time zone 'Asia/Shanghai')::date + d) from generate_series(-1, 7) as d;

-- How far a pass over all devices has come.
create table sensing.judge_progress (
  name text primary key,
  until_at timestamptz,
  mark xid8);

-- Where a device stands to a fence.
create table sensing.fence_standing (
  rule text not null,
  device_id uuid not null references sensing.device,
  inside boolean not null,
  since timestamptz not null,
  quiet_since timestamptz,
  at timestamptz not null,
  primary key (rule, device_id));

alter table sensing.alarm
  drop constraint alarm_level_check,
  add check (level in ('warn', 'alarm', 'severe')),
  add column rule_version int,
  -- Recorded, but nobody was told: the rule was wrong too often here.
  add column muted boolean not null default false,
  -- Data that came later showed that there was nothing.
  add column withdrawn boolean not null default false,
  -- Raised from data that another value makes doubtful (humidity, wind).
  add column doubtful boolean not null default false,
  add column verdict_note text;
drop index sensing.one_open_alarm;
create unique index one_open_alarm on sensing.alarm (device_id, rule) where cleared_at is null and not withdrawn;
create index alarm_rule_raised on sensing.alarm (rule, raised_at desc);
create or replace view sensing.api_alarm as
  select id, rule, level, device_id, raised_at, cleared_at, peak, limit_value, unit, standard, verdict, case_id, muted, doubtful
  from sensing.alarm where not withdrawn;

-- A rule at a device that was wrong too often, silenced by itself; a person may lift it, and it counts anew from there.
create table sensing.alarm_mute (
  id uuid primary key,
  rule text not null,
  device_id uuid not null references sensing.device,
  since timestamptz not null,
  judged int not null,
  right_count int not null,
  lifted_at timestamptz,
  lifted_by text,
  check ((lifted_at is null) = (lifted_by is null)));
create unique index one_mute on sensing.alarm_mute (rule, device_id) where lifted_at is null;

-- The curve as it was when the alarm was raised and when it had cleared. Never read again from the series, never changed.
create table sensing.alarm_evidence (
  alarm_id uuid not null references sensing.alarm,
  moment text not null check (moment in ('raised', 'cleared')),
  taken_at timestamptz not null,
  from_at timestamptz not null,
  until_at timestamptz not null,
  -- JSON as text: its digest is that of these very bytes.
  curves text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  primary key (alarm_id, moment));
create function sensing.evidence_stays() returns trigger language plpgsql as $$
begin
  raise exception 'the curve of an alarm is evidence and does not change';
end $$;
create trigger evidence_stays before update or delete on sensing.alarm_evidence
  for each row execute function sensing.evidence_stays();

-- A replay of a rule over past data: what it would have raised.
create table sensing.alarm_trial (
  id uuid primary key,
  rule text not null,
  version int not null,
  definition jsonb not null,
  from_at timestamptz not null,
  until_at timestamptz not null,
  state text not null check (state in ('waiting', 'running', 'done', 'cancelled', 'failed')),
  asked_by text not null,
  asked_at timestamptz not null,
  ended_at timestamptz,
  devices int not null default 0,
  done int not null default 0,
  failure text);
create index alarm_trial_rule on sensing.alarm_trial (rule, version, asked_at desc);
create table sensing.alarm_trial_finding (
  trial_id uuid not null references sensing.alarm_trial on delete cascade,
  device_id uuid not null references sensing.device,
  raised_at timestamptz not null,
  cleared_at timestamptz,
  peak float8 not null,
  limit_value float8 not null,
  doubtful boolean not null,
  primary key (trial_id, device_id, raised_at));
create table sensing.alarm_trial_done (
  trial_id uuid not null references sensing.alarm_trial on delete cascade,
  device_id uuid not null,
  primary key (trial_id, device_id));

-- The rules that a city begins with; it edits them as it needs.
insert into sensing.alarm_rule (id, version, state, definition, note, written_by, written_at, enforced_by, enforced_at) values
  ('noise-warn', 1, 'in_force', '{"name": {"zh-CN": "施工噪声接近限值", "en": "Construction noise close to the limit"}, "level": "warn", "caseClass": null, "basis": "GB 12523-2011 §4.1, GB 12523-2025 (figures carried over, text not yet compared)", "verified": false, "scope": {"kinds": ["noise_monitor"], "deviceIds": [], "areas": [], "siteClasses": []}, "condition": {"kind": "threshold", "factor": "Leq", "measure": "mean", "averagingMinutes": 20, "validShare": 0.75, "forMinutes": 5, "limit": {"by": "construction-noise", "over": -3}}, "hours": "any", "clear": {"margin": 3, "minutes": 10}, "coolDownMinutes": 30, "doubtful": [{"factor": "a01007", "above": 5}], "mute": {"below": 0.3, "after": 10}}', '', 'machine', now(), 'machine', now()),
  ('noise-leq', 1, 'in_force', '{"name": {"zh-CN": "施工噪声等效声级超限", "en": "Equivalent level of construction noise above the limit"}, "level": "alarm", "caseClass": "0301", "basis": "GB 12523-2011 §4.1, GB 12523-2025 (figures carried over, text not yet compared)", "verified": false, "scope": {"kinds": ["noise_monitor"], "deviceIds": [], "areas": [], "siteClasses": []}, "condition": {"kind": "threshold", "factor": "Leq", "measure": "mean", "averagingMinutes": 20, "validShare": 0.75, "forMinutes": 0, "limit": {"by": "construction-noise", "over": 0}}, "hours": "any", "clear": {"margin": 3, "minutes": 10}, "coolDownMinutes": 30, "doubtful": [{"factor": "a01007", "above": 5}], "mute": {"below": 0.3, "after": 10}}', '', 'machine', now(), 'machine', now()),
  ('noise-night-max', 1, 'in_force', '{"name": {"zh-CN": "夜间施工噪声最大声级超限", "en": "Maximum level at night above the limit"}, "level": "alarm", "caseClass": "0301", "basis": "GB 12523-2011 §4.2, GB 12523-2025 (figures carried over, text not yet compared)", "verified": false, "scope": {"kinds": ["noise_monitor"], "deviceIds": [], "areas": [], "siteClasses": []}, "condition": {"kind": "threshold", "factor": "Leq", "measure": "max", "averagingMinutes": 1, "validShare": 0.75, "forMinutes": 0, "limit": {"by": "construction-noise", "over": 0}}, "hours": "night", "clear": {"margin": 3, "minutes": 10}, "coolDownMinutes": 30, "doubtful": [{"factor": "a01007", "above": 5}], "mute": {"below": 0.3, "after": 10}}', '', 'machine', now(), 'machine', now()),
  ('noise-severe', 1, 'in_force', '{"name": {"zh-CN": "施工噪声严重超限", "en": "Construction noise far above the limit"}, "level": "severe", "caseClass": "0301", "basis": "GB 12523-2011 §4.1, GB 12523-2025 (figures carried over, text not yet compared)", "verified": false, "scope": {"kinds": ["noise_monitor"], "deviceIds": [], "areas": [], "siteClasses": []}, "condition": {"kind": "threshold", "factor": "Leq", "measure": "mean", "averagingMinutes": 20, "validShare": 0.75, "forMinutes": 10, "limit": {"by": "construction-noise", "over": 10}}, "hours": "any", "clear": {"margin": 3, "minutes": 10}, "coolDownMinutes": 30, "doubtful": [{"factor": "a01007", "above": 5}], "mute": {"below": 0.3, "after": 10}}', '', 'machine', now(), 'machine', now()),
  ('pm10-warn', 1, 'in_force', '{"name": {"zh-CN": "颗粒物 PM10 偏高", "en": "PM10 high"}, "level": "warn", "caseClass": null, "basis": "GB 3095-2012 class 2 (24 h mean 150 µg/m³); 15-minute means are our default, not a legal limit. Not compared with a state-controlled station.", "verified": false, "scope": {"kinds": [], "deviceIds": [], "areas": [], "siteClasses": []}, "condition": {"kind": "threshold", "factor": "a34002", "measure": "mean", "averagingMinutes": 15, "validShare": 0.75, "forMinutes": 16, "limit": {"by": "number", "day": 150, "night": 150}}, "hours": "any", "clear": {"margin": 15, "minutes": 15}, "coolDownMinutes": 30, "doubtful": [{"factor": "a01002", "above": 85}], "mute": {"below": 0.3, "after": 10}}', '', 'machine', now(), 'machine', now()),
  ('pm10-alarm', 1, 'in_force', '{"name": {"zh-CN": "颗粒物 PM10 超标", "en": "PM10 far too high"}, "level": "alarm", "caseClass": "0304", "basis": "GB 3095-2012 class 2 (24 h mean 150 µg/m³); 15-minute means are our default, not a legal limit. Not compared with a state-controlled station.", "verified": false, "scope": {"kinds": [], "deviceIds": [], "areas": [], "siteClasses": []}, "condition": {"kind": "threshold", "factor": "a34002", "measure": "mean", "averagingMinutes": 15, "validShare": 0.75, "forMinutes": 16, "limit": {"by": "number", "day": 300, "night": 300}}, "hours": "any", "clear": {"margin": 15, "minutes": 15}, "coolDownMinutes": 30, "doubtful": [{"factor": "a01002", "above": 85}], "mute": {"below": 0.3, "after": 10}}', '', 'machine', now(), 'machine', now()),
  ('silent-monitor', 1, 'in_force', '{"name": {"zh-CN": "监测设备失联", "en": "A monitor says nothing"}, "level": "warn", "caseClass": null, "basis": "Default of this platform", "verified": true, "scope": {"kinds": ["noise_monitor"], "deviceIds": [], "areas": [], "siteClasses": []}, "condition": {"kind": "silence", "minutes": 30}, "hours": "any", "clear": {"margin": 0, "minutes": 0}, "coolDownMinutes": 0, "doubtful": [], "mute": {"below": 0.3, "after": 10}}', '', 'machine', now(), 'machine', now()),
  ('missing-minutes', 1, 'in_force', '{"name": {"zh-CN": "监测数据缺失", "en": "Minutes are missing"}, "level": "warn", "caseClass": null, "basis": "HJ 212-2017: 2051 each minute; 75 % valid (domain default)", "verified": true, "scope": {"kinds": ["noise_monitor"], "deviceIds": [], "areas": [], "siteClasses": []}, "condition": {"kind": "missing", "factor": "Leq", "windowMinutes": 60, "missingShare": 0.5}, "hours": "any", "clear": {"margin": 10, "minutes": 5}, "coolDownMinutes": 60, "doubtful": [], "mute": {"below": 0.3, "after": 10}}', '', 'machine', now(), 'machine', now());
