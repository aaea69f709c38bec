create view sensing.api_device_words as
  select id, kind, protocol, address, name_zh, name_en, label, unit_id, area_code, lon, lat, retired from sensing.device;
