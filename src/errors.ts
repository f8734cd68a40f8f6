/** The closed list of what can go wrong for a caller. The HTTP status and the words of each live in `http/problem.ts`. */
export type ErrorCode =
  | 'request_malformed'
  | 'parameter_invalid'
  | 'cursor_invalid'
  | 'body_invalid'
  | 'value_refused'
  | 'token_missing'
  | 'token_invalid'
  | 'scope_missing'
  | 'person_required'
  | 'offices_only'
  | 'route_not_found'
  | 'region_not_found'
  | 'election_not_found'
  | 'report_not_found'
  | 'question_not_found'
  | 'follow_up_not_found'
  | 'link_not_found'
  | 'situation_report_not_found'
  | 'break_glass_grant_not_found'
  | 'client_not_found'
  | 'upload_not_found'
  | 'attachment_not_found'
  | 'release_not_found'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'reference_conflict'
  | 'idempotency_conflict'
  | 'situation_report_exists'
  | 'change_refused'
  | 'client_exists'
  | 'client_in_use'
  | 'client_above_clearance'
  | 'client_above_scopes'
  | 'transition_not_allowed'
  | 'not_in_charge'
  | 'author_may_not_verify'
  | 'proposer_may_not_approve'
  | 'question_answered'
  | 'link_not_allowed'
  | 'version_stale'
  | 'upload_offset_conflict'
  | 'uploads_exhausted'
  | 'attachment_removed'
  | 'release_retracted'
  | 'events_gone'
  | 'events_position_unknown'
  | 'events_too_many_waiting'
  | 'tus_version_unsupported'
  | 'file_refused'
  | 'range_not_satisfiable'
  | 'attachment_unavailable'
  | 'body_too_large'
  | 'media_type_unsupported'
  | 'precondition_required'
  | 'headers_too_large'
  | 'request_timeout'
  | 'rate_limited'
  | 'internal_error'
  | 'service_unavailable'

/** One fault in the input: exactly one of `pointer` (RFC 6901, into the body), `parameter` or `header` says where. */
export interface Fault {
  pointer?: string
  parameter?: string
  header?: string
  /** A closed fault code, such as `required`, `unknown_member`, `too_long`; its words are in `http/problem.ts`. */
  code: FaultCode
  /** Values that the words of the fault mention, for example `{maximum: 200}`. */
  params?: Record<string, string | number>
}

export type FaultCode =
  | 'required'
  | 'unknown_member'
  | 'duplicate_member'
  | 'unknown_parameter'
  | 'repeated_parameter'
  | 'repeated_item'
  | 'wrong_type'
  | 'not_allowed'
  | 'too_short'
  | 'too_long'
  | 'too_small'
  | 'too_large'
  | 'too_many'
  | 'too_many_cells'
  | 'too_many_periods'
  | 'not_in_export'
  | 'too_few'
  | 'too_deep'
  | 'number_unsafe'
  | 'format_invalid'
  | 'timestamp_invalid'
  | 'date_invalid'
  | 'text_invalid'
  | 'range_reversed'
  | 'region_unknown'
  | 'region_outside_office'
  | 'report_unknown'
  | 'as_its_original'
  | 'incident_type_unknown'
  | 'election_unknown'
  | 'stage_unknown'
  | 'stage_without_counterpart'
  | 'level_above_region'
  | 'mean_not_seen'
  | 'not_released'
  | 'handling_above_clearance'
  | 'period_invalid'
  | 'period_not_begun'
  | 'must_stand_alone'
  | 'moment_past'
  | 'grant_not_in_force'
  | 'office_unknown'
  | 'agency_unknown'
  | 'attachment_unknown'
  | 'attachment_not_releasable'
  | 'scope_not_held'
  | 'key_invalid'
  | 'key_in_use'

/** A refusal with a code of the closed list. `params` fill the words; `faults` name each bad input. */
export class DomainError extends Error {
  readonly code: ErrorCode
  readonly params: Record<string, string | number>
  readonly faults: readonly Fault[]

  constructor(
    code: ErrorCode,
    params: Record<string, string | number> = {},
    faults: readonly Fault[] = [],
    options: ErrorOptions = {},
  ) {
    super(code, options)
    this.name = 'DomainError'
    this.code = code
    this.params = params
    this.faults = faults
  }
}
