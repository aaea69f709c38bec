-- What sensors at covers and bins measure, by names that staff read.
insert into sensing.factor (code, name_zh, name_en, definition, unit_name, unit_symbol, unit_definition)
select code, zh, en, 'urn:pentad:factor:' || code, unit_name, symbol,
  case when ucum = '' then '' else 'http://unitsofmeasure.org/ucum#' || ucum end
from (values
  ('cover-open', '井盖开启', 'Cover open', '', '', ''),
  ('tilt', '倾角', 'Tilt', 'degree', '°', 'deg'),
  ('fill', '满溢度', 'Filling', 'percent', '%', '%')
) as f (code, zh, en, unit_name, symbol, ucum)
on conflict do nothing;
