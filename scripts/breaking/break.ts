/** What a change of the contract can break, and what it means for those who call. */
export const breakKinds = {
  operation_gone: 'the operation is gone',
  operation_id_changed: 'generated clients call it by another name',
  sunset_sooner: 'it may be gone sooner than was promised',
  server_gone: 'the address is gone',
  security_scheme_changed: 'callers prove themselves otherwise',
  token_newly_required: 'a token is newly required',
  scope_newly_required: 'another scope is newly required',
  parameter_gone: 'the parameter is gone, and unknown ones are refused',
  parameter_newly_required: 'the parameter is newly required',
  parameter_added_required: 'a new parameter is required',
  parameter_style_changed: 'the parameter is written otherwise',
  default_changed: 'leaving it out means something else',
  request_body_gone: 'no body is taken any more',
  request_body_newly_required: 'the body is newly required',
  request_media_type_gone: 'the media type is refused',
  status_gone: 'the answer is gone',
  problem_code_gone: 'the problem is not told any more',
  problem_status_changed: 'the problem comes with another status',
  header_gone: 'the header is gone',
  header_no_longer_required: 'the header may be absent',
  media_type_gone: 'the answer does not come in this form any more',
  member_gone: 'the member is gone',
  member_newly_required: 'the member is newly required',
  member_added_required: 'a new member is required',
  member_no_longer_required: 'the member may be absent',
  additional_closed: 'members by other names are refused',
  map_gone: 'members by other names are gone',
  null_refused: 'null is refused',
  newly_nullable: 'it may be null',
  type_narrowed: 'values of this type are refused',
  type_widened: 'values of another type may come',
  enum_value_gone: 'the value is refused',
  enum_value_added: 'a value may come that was not in a closed list',
  enum_closed: 'only listed values are taken',
  enum_opened: 'any value may come in place of a closed list',
  format_changed: 'the format is another one',
  pattern_changed: 'the pattern is another one',
  bound_narrowed: 'values that were taken lie out of bounds',
  bound_widened: 'values beyond the bounds may come',
  variant_gone: 'one of the forms is refused',
  variant_added: 'another form may come',
  keyword_changed: 'a rule changed that this check cannot weigh',
} as const
export type BreakKind = keyof typeof breakKinds

/** One breaking change, named exactly: where, what kind, and from what to what. */
export interface Break {
  /** `GET /v1/reports ?limit`, or a member of a named schema: `response Report/classification/stages/*`. */
  place: string
  kind: BreakKind
  what: string
  /** Until when it was promised to stay, where it was marked as deprecated (RFC 3339 day or moment). */
  sunset?: string
}

export type Json = Record<string, unknown>

/** A value as a finding shows it. */
export function shown(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value)
}

/** The end of what was marked as deprecated. */
export function sunsetOf(marked: Json | undefined): { sunset?: string } {
  const { sunset } = (marked?.['x-deprecation'] ?? {}) as { sunset?: string }
  return sunset === undefined ? {} : { sunset }
}
