const APPEND_LOCK = 4_851_273

/**
 * What the second migration makes, and the third replaces: `appends` is the JSON of `[{stream, expected, count}]`, `given` that of
 * `[{stream, version, id, type, data, metadata}]`.
 */
export const secondAppendFunction = `
create function append_events(appends text, given text)
returns table (stream text, outcome text, version int, "position" bigint)
language plpgsql volatile as $$
#variable_conflict use_column
declare
  head bigint;
  others text[];
begin
  perform pg_advisory_xact_lock(${APPEND_LOCK});
  select coalesce(max(e."position"), 0) into head from events e;
  return query select null::text, null::text, null::int, head;

  select array_agg(a.stream) into others from json_to_recordset(appends::json) as a(stream text, expected int)
  where coalesce((select max(e.version) from events e where e.stream = a.stream), 0) <> a.expected;

  insert into events ("position", stream, version, id, type, data, metadata)
  select head + row_number() over (order by n), stream, version, id, type, data, metadata
  from rows from (json_to_recordset(given::json)
      as (stream text, version int, id uuid, type text, data text, metadata text))
    with ordinality as given(stream, version, id, type, data, metadata, n)
  where others is null or stream <> all (others);

  if others is not null then
    -- The same call once more finds its own events, and exactly those, after the version it expected.
    return query
      select a.stream,
        case when found.count = a.count then 'repeated' else 'conflict' end,
        case when found.count = a.count then found.version
          else coalesce((select max(e.version) from events e where e.stream = a.stream), 0) end,
        case when found.count = a.count then found."position" end
      from json_to_recordset(appends::json) as a(stream text, expected int, count int)
      cross join lateral (
        select count(*) as count, max(e.version) as version, max(e."position") as "position"
        from json_to_recordset(given::json) as g(stream text, version int, id uuid)
        join events e on e.stream = g.stream and e.version = g.version and e.id = g.id
        where g.stream = a.stream) found
      where a.stream = any (others);
  end if;
end
$$`
