-- 数据质量: one run looks through all data sets; what it found stays, so that the board can show where it goes.
create table operations.quality_run (
  id uuid primary key,
  at timestamptz not null,
  -- Null: by the clock.
  by_person text,
  ended timestamptz);
create index quality_run_at on operations.quality_run (at desc);
create table operations.quality_result (
  run_id uuid not null references operations.quality_run,
  check_id text not null,
  -- How many were looked at, and how many do not hold.
  total bigint not null,
  bad bigint not null,
  -- Of a check of age: when the set last changed.
  last_change timestamptz,
  ms int not null,
  -- The first of them: [{id, label, area}]. No values, no people.
  samples jsonb not null default '[]',
  primary key (run_id, check_id));
