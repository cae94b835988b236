import type { Pool } from 'pg';

/** As gateways name segments: the id of their run, and the segment's number in it. */
const SEGMENT_ID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d{8})$/;

const NOTE = `
INSERT INTO usage_runs AS known (run, node, stored, events, awaited, awaited_at, seen_at)
VALUES ($1, $2, int4multirange(int4range($3, $3 + 1)), $4, CASE WHEN $3 = 0 THEN 1 ELSE 0 END, clock_timestamp(), clock_timestamp())
ON CONFLICT (run) DO UPDATE SET
  stored = known.stored + EXCLUDED.stored,
  events = known.events + CASE WHEN known.stored @> $3 THEN 0 ELSE EXCLUDED.events END,
  seen_at = clock_timestamp(),
  (awaited, awaited_at) = (
    SELECT first, CASE WHEN first = known.awaited AND upper(known.stored) > first THEN known.awaited_at ELSE clock_timestamp() END
    FROM (SELECT CASE WHEN lower(part) > 0 THEN 0 ELSE upper(part) END AS first
      FROM unnest(known.stored + EXCLUDED.stored) WITH ORDINALITY AS parts (part, position) WHERE position = 1) AS hole)`;

/**
 * Notes that a segment of so many events is stored, once however often it comes: what a run of a gateway wrote and did not
 * arrive shows as a hole in its numbers (standing check `decisions-events`). Ids of another form are of no run.
 */
export async function noteSegment(pool: Pool, segmentId: string, node: string, events: number): Promise<void> {
  const [, run, number] = SEGMENT_ID.exec(segmentId) ?? [];
  if (run === undefined) return;
  await pool.query({ name: 'usage-note-segment', text: NOTE, values: [run, node, Number(number), events] });
}
