const APPEND_LOCK = 4_851_273

/**
 * What the first migration makes, and the second replaces: `batch` is the JSON of `[{stream, expected, events: [{id, type, data,
 * metadata}]}]`, judged one after another; one row for each.
 */
export const firstAppendFunction = `
create function append_events(batch text) returns table (outcome text, version int, "position" bigint)
language plpgsql volatile as $$
declare
  append record;
  head bigint;
  actual int;
  wanted int;
begin
  perform pg_advisory_xact_lock(${APPEND_LOCK});
  select coalesce(max(e."position"), 0) into head from events e;

  for append in select * from json_to_recordset(batch::json) as given(stream text, expected int, events json) loop
    select coalesce(max(e.version), 0) into actual from events e where e.stream = append.stream;
    wanted := json_array_length(append.events);

    if actual = append.expected then
      insert into events ("position", stream, version, id, type, data, metadata)
      select head + n, append.stream, actual + n, id, type, data, metadata
      from rows from (json_to_recordset(append.events) as (id uuid, type text, data text, metadata text))
        with ordinality as given(id, type, data, metadata, n);
      head := head + wanted;
      return query select 'appended', actual + wanted, head;
    else
      -- The same call once more finds its own events, and exactly those, after the version it expected.
      return query
        select case when count(*) = wanted then 'repeated' else 'conflict' end,
          case when count(*) = wanted then max(e.version) else actual end,
          case when count(*) = wanted then max(e."position") end
        from rows from (json_to_recordset(append.events) as (id uuid)) with ordinality as given(id, n)
        join events e on e.stream = append.stream and e.version = append.expected + n and e.id = given.id;
    end if;
  end loop;
end
$$`
