/** Any number that nothing else in this database locks by. */
const APPEND_LOCK = 4_851_273

/**
 * The only way into the table. `appends` is the JSON of `[{stream, expected, count}]`, no stream twice; `given` that of
 * `[{stream, version, id, type}]`, their events in the same order; `data` and `metadata` are the texts of these, as they are, with U+001E
 * between them: no text of JSON holds that character, and escaping the texts once more costs both sides more than all else of them. The
 * answer begins with a row of the log's last
 * position before, without a stream. Then comes one for each append that added nothing: `repeated` with the version and position of
 * its last event, or `conflict` with the stream's version and no position. All others were appended from there, in their order.
 *
 * Every call takes one lock until commit, so that positions become visible in order: after a reader has seen position n, none
 * below it appears. VOLATILE and READ COMMITTED matter: each statement in here sees what was
 * committed before it began, hence everything that earlier holders of the lock wrote. All is done by sets: a loop over the streams
 * takes a third longer.
 */
export const appendFunction = `
create function append_events(appends text, given text, data text, metadata text)
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
  from rows from (json_to_recordset(given::json) as (stream text, version int, id uuid, type text),
      string_to_table(append_events.data, e'\\x1e'), string_to_table(append_events.metadata, e'\\x1e'))
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
