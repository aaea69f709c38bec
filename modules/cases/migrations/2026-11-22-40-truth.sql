-- Where a picture was shown before, for the doubt that an after-photo is an old one.
create index photo_shown on cases.photo (photo_id);

-- A case is taken up again once; whoever objects later speaks of the newer case.
create unique index case_reopened_once on cases.case_file (reopened_from) where reopened_from is not null;

-- A case and those that it takes up again, newest first.
create function cases.line_of(case_id uuid) returns uuid[] language sql stable parallel safe as $$
  with recursive up as (
    select c.id, c.reopened_from, 0 as n from cases.case_file c where c.id = $1
    union all select c.id, c.reopened_from, n + 1 from up join cases.case_file c on c.id = up.reopened_from where n < 100)
  select array_agg(up.id order by n) from up $$;

-- The case in which a matter goes on: the one that it was merged into, or that took it up again.
create function cases.newest(case_id uuid) returns uuid language sql stable parallel safe as $$
  with recursive down as (
    select c.id, c.merged_into, 0 as n from cases.case_file c where c.id = $1
    union all
    select k.id, k.merged_into, n + 1 from down d cross join lateral (
      select m.id, m.merged_into from cases.case_file m where m.id = d.merged_into
      union all select r.id, r.merged_into from cases.case_file r where r.reopened_from = d.id and d.merged_into is null) k
    where n < 100)
  select down.id from down order by n desc limit 1 $$;
create view cases.api_newest as select c.id, cases.newest(c.id) as newest_id from cases.case_file c;

-- Kinds of ending (结案类型), as `outcomeOf` of the model says them; null while a case is open.
create function cases.outcome(status text, close_kind text) returns text language sql immutable parallel safe as $$
  select case status
    when 'closed' then case close_kind when 'by_notice' then 'by_notice' when 'forced' then 'forced' when 'self_handled' then 'self_handled'
      when 'remote' then 'remote' else 'fixed' end
    when 'transferred' then 'not_ours' when 'merged' then 'merged' when 'voided' then 'void' when 'rejected' then 'declined' end $$;

-- Cases that an inspector handled on the spot are looked at later by an acceptor; those that nobody has looked at yet.
create index case_self_handled on cases.case_file (closed_at) where close_kind = 'self_handled';
create index event_audit on cases.event (case_id) where act = 'audit';
