import { callerFor, mayReportOn } from '../access/caller.ts'
import type { Context } from '../access/context.ts'
import { DomainError, type Fault } from '../errors.ts'
import { parsePeriod } from '../situation-reports/period.ts'
import { listOwed, type OwedRow } from './queries.ts'
import type { ReportingStatus, ReportingStatusQuery } from './schemas.ts'
import { stateOf, tally, tallyByRegion } from './tally.ts'

/**
 * Who of the offices that the caller looks after has reported for a period, in time or late, and who is silent or still has
 * time. Exercises count in nothing.
 * @throws DomainError parameter_invalid for a region that does not exist or is not theirs: an empty answer would be believed
 */
export async function getReportingStatus(context: Context, query: ReportingStatusQuery): Promise<ReportingStatus> {
  const { db, now } = context
  const caller = callerFor(context.caller, 'reports:read')
  const period = parsePeriod(query.period)
  if (!period) throw new DomainError('parameter_invalid', {}, [{ parameter: 'period', code: 'period_invalid' }])
  const rows = await db.transaction(caller, async (tx, { regions }) => {
    const refuse = (fault: Omit<Fault, 'parameter'>) =>
      new DomainError('parameter_invalid', {}, [{ parameter: 'region', ...fault }])
    const region = regions.today(query.region ?? caller.scope.region)
    if (!region) throw refuse({ code: 'region_unknown' })
    const { code: within, level, regency } = region
    if (!mayReportOn(caller.scope, within, regions)) throw refuse({ code: 'region_outside_office' })
    // No office lies below a regency.
    if (level === 'district') throw refuse({ code: 'not_allowed', params: { allowed: String(regency) } })
    const [found] = await Promise.all([listOwed(tx, caller, { ...period, within }), tx.commit()])
    return found
  })
  const items = rows.map((row) => viewOf(row, now))
  const { kind, name, from, to } = period
  return {
    ...{ kind, period: name, periodFrom: from, periodTo: to, at: now },
    total: tally(rows, now),
    provinces: tallyByRegion(rows, now),
    items: query.status ? items.filter(({ status }) => query.status?.includes(status)) : items,
  }
}

function viewOf(row: OwedRow, now: Date): ReportingStatus['items'][number] {
  const { region: _region, ...told } = row
  return { ...told, status: stateOf(row, now) }
}
