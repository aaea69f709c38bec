-- The span in which a case was open, for the city as it was at an instant: a case of the past may have closed before it was told.
create function cases.life(reported timestamptz, closed timestamptz) returns tstzrange
  language sql immutable parallel safe
  return case when closed is null then tstzrange(reported, null) when closed > reported then tstzrange(reported, closed) else 'empty'::tstzrange end;
create index case_life on cases.case_file using gist (cases.life(reported_at, closed_at));
