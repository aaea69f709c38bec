-- What is counted of the work (GB/T 30428.4; domain §4.1), one row for each thing counted, as `countersOf` says it. Stages: one row for
-- each stay, `in_time` null while it lasts and is not late. The limits of stages are those that the trail itself says were missed.
create view cases.api_counter as
  with stage (status, counter) as (values
    ('reported', 'need_operate_num'), ('verifying', 'need_verify_num'), ('pending_file', 'need_inst_num'), ('pending_dispatch', 'need_dispatch_num'),
    ('pending_sign', 'need_sign_num'), ('feedback', 'need_send_check_num'), ('checking', 'need_check_num'), ('pending_close', 'need_close_num')),
  act (act, counter) as (values
    ('accept', 'operate_num'), ('file', 'inst_num'), ('dispatch', 'dispatch_num'), ('report_done', 'dispose_num'), ('close', 'archive_num'),
    ('close_remote', 'archive_num'), ('self_handle', 'archive_num'), ('dispatch_again', 'rework_num'), ('approve_return', 'back_num'),
    ('approve_extension', 'postpone_num'), ('approve_suspension', 'hang_num'), ('approve_void', 'cancel_num')),
  counted as (
    select s.counter, e.case_id, e.recorded as at,
      case when late.seq is not null then false when gone.seq is not null then true end as in_time, gone.actor_id
    from cases.event e join stage s on s.status = e.to_status
    left join lateral (select g.seq, g.actor_id from cases.event g where g.case_id = e.case_id and g.seq > e.seq and g.to_status <> e.to_status
      order by g.seq limit 1) gone on true
    left join lateral (select l.seq from cases.event l where l.case_id = e.case_id and l.seq > e.seq and l.act = 'stage_late'
      and (gone.seq is null or l.seq < gone.seq) limit 1) late on true
    where e.from_status is distinct from e.to_status
    union all
    select a.counter, e.case_id, e.recorded, null, e.actor_id from cases.event e join act a on a.act = e.act
    union all
    select v.counter, e.case_id, e.recorded, null, e.actor_id from cases.event e join cases.case_file c on c.id = e.case_id
    cross join lateral (values
      (case when e.act = 'report' and e.seq = 1 and c.source = 'inspector' then 'patrol_report_num' end),
      (case when e.act = 'file' and c.source = 'inspector' then 'valid_patrol_report_num' end),
      (case when e.act = 'report' and e.seq = 1 and c.source in ('hotline', 'citizen', 'open311', 'opinion') then 'public_report_num' end),
      (case when e.act = 'verify_true' and c.source in ('hotline', 'citizen', 'open311', 'opinion') then 'verified_public_num' end)) as v (counter)
    where e.act in ('report', 'file', 'verify_true') and v.counter is not null
    union all
    -- The disposal, by its own clock, which pauses and extensions move. A case that takes another up again goes on with a clock that is
    -- older than itself: it is the same disposal.
    select 'need_dispose_num', c.id, c.clock_start,
      case when c.clock_stopped is not null then c.clock_stopped <= c.due when 'overdue' = any(c.told) then false end, c.worked_by
    from cases.case_file c 
    where exists (select from cases.event b where b.case_id = c.id and b.seq = 1 and b.recorded <= c.clock_start))
  select n.counter, n.case_id, n.at, n.in_time, n.actor_id, c.kind, c.class_code, c.area_code, c.lead_unit_id, c.origin
  from counted n join cases.case_file c on c.id = n.case_id;
