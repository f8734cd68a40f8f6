import { respond } from '../http/contract/responses.ts'
import { etagHeader, locationHeader } from '../http/header-docs.ts'
import type { Addition } from './add-follow-up.ts'
import { followUpExample } from './examples.ts'
import { FollowUpView } from './schemas.ts'
import { followUpView, tagOf } from './view.ts'

/** The 201 of a follow-up that was added, now or by an earlier post of the same. */
export const added = respond(FollowUpView, {
  description: 'The follow-up as it stands',
  headers: {
    Location: locationHeader,
    ETag: etagHeader,
    'Idempotent-Replayed': {
      description: '`true` when it had been added before',
      schema: { type: 'string', enum: ['true'] },
    },
  },
  examples: { patrol: followUpExample },
})

interface Reply {
  code(status: 201): Reply
  header(name: string, value: string): Reply
}

export function answerAdded(reply: Reply, { made, replayed }: Addition): FollowUpView {
  reply.code(201).header('location', `/v1/follow-ups/${made.id}`).header('etag', tagOf(made))
  if (replayed) reply.header('idempotent-replayed', 'true')
  return followUpView(made)
}
