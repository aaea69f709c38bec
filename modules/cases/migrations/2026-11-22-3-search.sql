-- What of a case is searched: never its reporters.
create view cases.api_case_words as
  select id, no, scheme, scheme_version, kind, class_code, place_zh, place_en, description, area_code, lead_unit_id, created_by, lon, lat,
    reported_at, xid from cases.case_file;
