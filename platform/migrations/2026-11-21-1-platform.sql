-- One row for each write that was carried out, so that the same key, sent again, does nothing twice.
create table platform.command (
  actor text not null,
  key text not null check (length(key) between 8 and 128),
  route text not null,
  -- Of the input: the same key with another input is a mistake of the caller.
  digest text not null,
  reply jsonb,
  at timestamptz not null default now(),
  primary key (actor, key));
create index command_at on platform.command using brin (at);

-- What happened, for the modules above and for the screens. Read in (xid, seq) order below the snapshot's xmin:
-- a plain sequence would lose what commits late.
create table platform.news (
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  topic text not null,
  about jsonb not null,
  -- Who may hear of it on a screen: holders of this permission over the area or a unit; nobody when null.
  may text,
  area_code text,
  units text[] not null default '{}',
  -- A topic that a stranger who knows its code may follow.
  public_topic text,
  at timestamptz not null default now(),
  primary key (xid, seq));
create index news_at on platform.news using brin (at);

-- How far each listener has come.
create table platform.listener (
  name text primary key,
  xid xid8 not null,
  seq bigint not null);

-- News that a listener failed on again and again; kept for a person to look at.
create table platform.parked_news (
  listener text not null,
  xid xid8 not null,
  seq bigint not null,
  error text not null,
  at timestamptz not null default now(),
  primary key (listener, xid, seq));
