import { sql } from 'drizzle-orm'
import { type Actor, appendAudit } from '../audit/append-audit.ts'
import { statement } from '../database/statement.ts'
import type { WorkDoor } from '../database/work-door.ts'
import { covers, deadline } from '../situation-reports/owed.ts'
import type { Job, JobContext } from '../worker/job.ts'

const { placeholder } = sql

/** Milliseconds. A report that was received just before its deadline may still be on its way into the database. */
const settling = 120_000
const day = 86_400_000
/** How far back a worker looks that has never looked, and one that was away. */
const lookBack = { first: day, longest: 31 * day }

export const announceSilencesSoon: Job = {
  name: 'announce-silences',
  cron: '*/2 * * * *',
  run: async (context) => {
    await announceSilences(context)
  },
}

const lockWatch = statement(
  'lock_reporting_watch',
  sql`SELECT looked_until AS "lookedUntil" FROM reporting_watch FOR UPDATE`,
)
const setWatch = statement(
  'set_reporting_watch',
  sql`UPDATE reporting_watch SET looked_until = ${placeholder('until')}`,
)

const since = sql`${placeholder('since')}::timestamptz`
const until = sql`${placeholder('until')}::timestamptz`
const now = sql`${placeholder('now')}::timestamptz`

// The last days of periods whose deadlines can lie in the window: at most 31 days before it, and a day for the time zones.
const periods = sql`days AS (
    SELECT ending::date FROM generate_series((${since} AT TIME ZONE 'UTC')::date - 33, (${until} AT TIME ZONE 'UTC')::date + 1, interval '1 day') ending),
  periods AS (
    SELECT 'daily' AS kind, to_char(ending, 'YYYY-MM-DD') AS name, ending AS first_day, ending AS last_day FROM days
    UNION ALL
    SELECT 'weekly', to_char(ending, 'IYYY-"W"IW'), ending - 6, ending FROM days WHERE extract(isodow FROM ending) = 7
    UNION ALL
    SELECT 'monthly', to_char(ending, 'YYYY-MM'), date_trunc('month', ending)::date, ending FROM days WHERE extract(day FROM ending + 1) = 1)`

// Deadlines are found by obligation and time zone first: of most windows none is left before any office is looked at.
const announce = statement(
  'announce_silences',
  sql`WITH ${periods},
  deadlines AS (
    SELECT p.kind, p.name, p.first_day, b.level, b.office_code, z.time_zone, d.due_at
    FROM reporting_obligations b JOIN periods p ON p.kind = b.kind AND ${covers('b', sql`p.first_day`)}
    CROSS JOIN (VALUES ('Asia/Jakarta'), ('Asia/Pontianak'), ('Asia/Makassar'), ('Asia/Jayapura')) AS z (time_zone)
    CROSS JOIN LATERAL (SELECT ${deadline('b', sql`p.last_day`, sql`z.time_zone`)} AS due_at) d
    WHERE b.owed AND d.due_at > ${since} AND d.due_at <= ${until}),
  silent AS (
    INSERT INTO reporting_silences (id, kind, period, office_code, silent_since)
    SELECT gen_random_uuid(), d.kind, d.name, o.code, d.due_at
    FROM deadlines d JOIN offices o ON o.level = d.level AND (d.office_code IS NULL OR d.office_code = o.code)
    JOIN regions g ON g.code = o.code AND g.time_zone = d.time_zone
    WHERE NOT EXISTS (SELECT FROM situation_report_receipts c WHERE c.kind = d.kind AND c.period = d.name AND c.office_code = o.code)
      AND (d.office_code IS NOT NULL OR NOT EXISTS (SELECT FROM reporting_obligations e
        WHERE e.kind = d.kind AND e.office_code = o.code AND ${covers('e', sql`d.first_day`)}))
    ON CONFLICT (kind, period, office_code) DO NOTHING
    RETURNING id, office_code, province_code, regency_code),
  told AS (
    INSERT INTO events (id, type, subject_id, subject_version, office_code, province_code, regency_code, handling, client_id, actor, occurred_at)
    SELECT gen_random_uuid(), 'situation_report.missing', id, 1, office_code, province_code, regency_code, 0, current_setting('waspada.client'),
      current_setting('waspada.actor'), ${now} FROM silent)
  SELECT count(*)::int AS silent FROM silent`,
)

// An hour more than since the last look, for reports that were on their way then.
const endSilences = statement(
  'end_silences',
  sql`UPDATE reporting_silences s SET ended_at = c.received_at FROM situation_report_receipts c
  WHERE c.received_at > ${placeholder('lookedUntil')}::timestamptz - interval '1 hour' AND c.kind = s.kind AND c.period = s.period AND c.office_code = s.office_code
    AND s.ended_at IS NULL`,
)

/**
 * Tells, once each, of the offices that had not reported when their deadline passed, and ends the silence of those that have
 * reported after all. It goes on from where any worker looked last, a day of deadlines in a transaction: two at once wait for
 * each other, and one that dies leaves nothing half done.
 * @returns how many offices fell silent
 */
export async function announceSilences(context: Pick<JobContext, 'db' | 'now' | 'signal'>): Promise<number> {
  const by = watcher(context.now)
  const end = new Date(context.now.getTime() - settling)
  let announced = 0
  while (!context.signal.aborted) {
    const { silent, until } = await look(context.db, by, end)
    announced += silent
    if (until >= end) break
  }
  return announced
}

type Watcher = Actor & { clientId: 'system:worker' }

async function look(db: WorkDoor, by: Watcher, end: Date): Promise<{ silent: number; until: Date }> {
  return db.workAs('worker', { client: by.clientId, actor: by.subject }, async (tx) => {
    const [watch] = await tx.run<{ lookedUntil: Date | null }>(lockWatch, {})
    const from = watch?.lookedUntil?.getTime() ?? end.getTime() - lookBack.first
    const start = new Date(Math.max(from, end.getTime() - lookBack.longest))
    if (start >= end) return { silent: 0, until: start }
    const until = new Date(Math.min(start.getTime() + day, end.getTime()))
    const window = { since: start, until, lookedUntil: new Date(from), now: by.now }
    const [[found]] = await Promise.all([
      tx.run<{ silent: number }>(announce, window),
      tx.run(endSilences, window),
      tx.run(setWatch, window),
    ])
    const silent = found?.silent ?? 0
    if (silent > 0)
      await appendAudit(tx, by, {
        action: 'situation_report.missing',
        resource: { type: 'reporting_silence', id: null },
        details: { offices: silent, deadlinesAfter: start.toISOString(), deadlinesUntil: until.toISOString() },
      })
    return { silent, until }
  })
}

function watcher(at: Date): Watcher {
  const trace = { requestId: 'worker', operation: 'announce-silences' }
  const nowhere = { office: null, agency: null, breakGlassId: null }
  return { clientId: 'system:worker', subject: 'announce-silences', ...nowhere, trace, now: at }
}
