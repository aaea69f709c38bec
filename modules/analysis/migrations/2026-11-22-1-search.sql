create schema analysis;

-- What search finds, as its own module tells it; made from the tables below and never the only place of anything.
create table analysis.doc (
  timed boolean not null,
  kind text not null,
  id text not null,
  -- Rights: by place, by unit, or because one made it.
  area_code text,
  unit_ids text[] not null,
  created_by text,
  at timestamptz,
  number text,
  -- Without signs.
  number_word text,
  title_zh text not null,
  title_en text not null,
  note_zh text not null,
  note_en text not null,
  also text not null,
  -- Pinyin in full and by initials, a line each.
  sound text not null,
  means text,
  lon float8,
  lat float8,
  rank float4 not null,
  -- 32-bit keys (model/letters.ts): pairs of letters, ends of numbers, slices of time, areas, units.
  keys int[] not null,
  primary key (timed, kind, id),
  check (timed = (at is not null))) partition by list (timed);
-- What happened is found newest first; what is there is found by how well it fits.
create table analysis.doc_timed partition of analysis.doc for values in (true);
create table analysis.doc_standing partition of analysis.doc for values in (false);
-- Many docs share their keys, so that a batch is put in as one: it waits in the pending list, which whoever writes empties at
-- once (analysis.settle), because every slice of every search would read it through.
create index doc_keys on analysis.doc using gin (keys) with (fastupdate = on, gin_pending_list_limit = 262144);
create function analysis.settle() returns void language sql as $$
  select gin_clean_pending_list(inhrelid) from pg_inherits where inhparent = 'analysis.doc_keys'::regclass $$;

-- How far each kind has been followed.
create table analysis.source (
  kind text primary key,
  -- Of the way keys are made; with another all is laid anew.
  made int not null,
  -- All that changed before this transaction is in the index. Another cluster counts from elsewhere and starts at zero.
  mark xid8 not null default '0',
  -- Of sources that are read whole: what they looked like.
  stamp text,
  earliest timestamptz,
  latest timestamptz,
  followed_at timestamptz not null);
