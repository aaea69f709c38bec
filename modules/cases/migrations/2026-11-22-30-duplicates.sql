-- Open cases of a class by squares of 128 m, for the search of duplicates: a few short ranges instead of all that lies around.
create index case_open_class_square on cases.case_file (class_code, floor(xy[0] / 128), floor(xy[1] / 128))
  where status not in ('closed', 'rejected', 'merged', 'voided', 'transferred');
