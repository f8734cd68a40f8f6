import { englishFaults } from './fault-texts.en.ts'
import type { ProblemTexts } from './problem.ts'

/** English words. `{name}` is filled from the params; a `[part]` goes when a name in it has no value. */
export const english: ProblemTexts = {
  problems: {
    request_malformed: ['Malformed request', 'The request cannot be read[: {reason}][ (at character {position})].'],
    parameter_invalid: ['Invalid parameter', 'One or more parameters or headers are not valid; see errors.'],
    cursor_invalid: [
      'Invalid cursor',
      'The cursor is not valid, belongs to another query or has expired. Start from the first page.',
    ],
    body_invalid: ['Invalid content', 'The request is well-formed, but its content is not valid; see errors.'],
    value_refused: [
      'Value refused',
      'A value of the request cannot be kept. Tell the operators the request id in instance.',
    ],
    token_missing: ['Not authenticated', 'Send an access token: Authorization: Bearer <token>.'],
    token_invalid: ['Invalid access token', 'The access token is not valid or has expired. Get a new one.'],
    person_required: ['A person is required', 'This is for an official; the token is that of a system.'],
    offices_only: ['For offices alone', 'An agency sees releases and no reports: this is for offices of Kesbangpol.'],
    scope_missing: ['Scope missing', 'The access token lacks the needed scope[ {scope}].'],
    route_not_found: ['No such address', 'There is nothing at this address.'],
    region_not_found: ['No such region', 'There is no region with this code.'],
    election_not_found: ['No such election', 'There is no election with this code.'],
    break_glass_grant_not_found: ['No such grant', 'You have no such break-glass grant in force.'],
    report_not_found: ['No such report', 'There is no such report, or you may not see it.'],
    question_not_found: ['No such question', 'There is no such question, or you may not see it.'],
    follow_up_not_found: ['No such follow-up', 'There is no such follow-up, or you may not see it.'],
    link_not_found: ['No such link', 'This report has no such link, or you may not see it.'],
    situation_report_not_found: [
      'No such situation report',
      'There is no such situation report, or you may not see it.',
    ],
    client_not_found: ['No such client', 'There is no client with this id.'],
    upload_not_found: ['No such upload', 'There is no such upload of yours, or it has expired. Begin a new one.'],
    attachment_not_found: ['No such attachment', 'This attachment does not exist, or you may not see it.'],
    release_not_found: ['No such release', 'This release does not exist, or you may not see it.'],
    uploads_exhausted: [
      'Too many uploads under way',
      'Your client has {maximum} uploads that are not finished, which is the most. Finish some, or give them up with DELETE.',
    ],
    upload_offset_conflict: [
      'Offset does not match',
      'Upload-Offset is not what has been received[: {received} bytes]. Ask with HEAD and go on from there.',
    ],
    release_retracted: [
      'Taken back',
      'This release was taken back, or its latest version is no longer for you. Do not use it any more.',
    ],
    attachment_removed: ['Attachment removed', 'The file was removed; who did it, and when, stands in the attachment.'],
    events_gone: [
      'Events no longer kept',
      'Events behind this position have been removed[; the oldest position is {oldest}]. Note it, list anew what you follow, then go on from it.',
    ],
    events_position_unknown: [
      'Position beyond the end',
      'The log never came to this position: it is another log, or was restored from a backup. List anew what you follow[, then go on from {oldest}].',
    ],
    events_too_many_waiting: [
      'Too many wait',
      'Too many requests of your client wait for events already. Let one of them end, or ask without wait[; try again in {retryAfter} seconds].',
    ],
    tus_version_unsupported: [
      'tus version not supported',
      'Uploads speak version 1.0.0 of the tus protocol. Send Tus-Resumable: 1.0.0.',
    ],
    file_refused: ['File refused', 'The file is not kept[: {reason}].'],
    range_not_satisfiable: ['No such range', 'The range lies outside the file[, which has {size} bytes].'],
    attachment_unavailable: [
      'File out of reach',
      'The attachment is known, but its bytes cannot be found. The operators are told; try again later.',
    ],
    method_not_allowed: ['Method not allowed', 'This address does not take that method[; it takes {allow}].'],
    not_acceptable: ['Not acceptable', 'The Accept header takes nothing that this address sends[: {produced}].'],
    reference_conflict: [
      'Reference already used',
      'This clientReference belongs to a report with other content[: {existingId}].',
    ],
    idempotency_conflict: [
      'Idempotency key already used',
      'This Idempotency-Key was used with other content[: {existingId}].',
    ],
    situation_report_exists: [
      'Reported already',
      'Your office has reported on this period with other content. Correct that report[: {existingId}].',
    ],
    change_refused: [
      'Change refused',
      'The change does not fit what is there. Read it again, or tell the operators the request id in instance.',
    ],
    client_exists: ['Client exists', 'There is a client with this id already. Change it, or rotate its credentials.'],
    client_in_use: [
      'Client in use',
      'Nobody disables or narrows the client that they are calling with. Another administrator can.',
    ],
    client_above_clearance: [
      'Client above your clearance',
      'This client is cleared above you. You can only disable it.',
    ],
    client_above_scopes: [
      'Client above your scopes',
      'This client holds administrative scopes that you do not hold[: {scopes}]. You can only disable it.',
    ],
    transition_not_allowed: [
      'Not possible in this state',
      'The present state does not allow this[: {verb}, status {status}][, level {level}].',
    ],
    not_in_charge: [
      'Not in charge',
      'This step is now for another office[; the report is held at the level {level}][: {office}].',
    ],
    author_may_not_verify: [
      'Second person needed',
      'Who posted or corrected the report neither verifies nor rejects it. Another official can.',
    ],
    proposer_may_not_approve: [
      'Second person needed',
      'Who proposed this release does not approve it. Another official can.',
    ],
    question_answered: ['Answered already', 'This question has its answer. Read it again, or ask another.'],
    link_not_allowed: ['Link not allowed', 'These two reports cannot be linked like this[: {reason}].'],
    version_stale: [
      'Changed meanwhile',
      'If-Match names another version than the one that stands. Read again and repeat.',
    ],
    body_too_large: ['Content too large', 'The request body is larger than this address takes[: {limit}].'],
    media_type_unsupported: [
      'Media type not supported',
      'Send the body as {accept}[, in the coding {acceptEncoding}].',
    ],
    precondition_required: [
      'If-Match is missing',
      'Send If-Match with the ETag of the version that you have read, so that no other change is lost.',
    ],
    headers_too_large: ['Header fields too large', 'The header fields of the request are too large.'],
    request_timeout: ['Request timeout', 'The request did not arrive in time.'],
    rate_limited: ['Too many requests', 'That was more than the limit allows. Try again[ in {retryAfter} seconds].'],
    internal_error: ['Internal error', 'Something went wrong here. Tell the operators the request id in instance.'],
    service_unavailable: ['Service unavailable', 'The service cannot answer right now. Try again shortly.'],
  },
  faults: englishFaults,
  words: {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    tuple: 'a list',
    object: 'an object',
    record: 'an object',
    null: 'null',
    body: 'there is no body',
    encoding: 'the body is not UTF-8',
    json: 'the body is not JSON',
    itself: 'a report is not linked to itself',
    linked_already: 'this very link is there already',
    report_is_duplicate: 'the report has an original already; take back that link first',
    target_is_duplicate: 'the target is a duplicate itself; name its original',
    target_not_verified: 'the original must have been verified, so that it counts for good',
    target_marked_higher: 'the original is marked higher than its duplicate; link the other way round',
    exercise_and_real: 'one of them is an exercise, the other is not',
    circle: 'links of this kind lead from the target back to the report',
    percent: 'a percent-encoding in the address is broken',
    digest: 'its SHA-256 is not the one that was announced',
    type: 'it is no photo, PDF or sound recording of a kind that is taken',
    infected: 'the scan found harmful content in it',
  },
}
