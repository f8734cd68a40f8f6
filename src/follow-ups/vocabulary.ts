/** Direncanakan, dilaksanakan, selesai, dibatalkan. */
export const followUpStatuses = ['planned', 'in_progress', 'done', 'cancelled'] as const
export type FollowUpStatus = (typeof followUpStatuses)[number]

/** How a version came about; an event `follow_up.<action>` tells of each. */
export const followUpActions = ['added', 'changed', 'completed', 'cancelled', 'reopened'] as const
export type FollowUpAction = (typeof followUpActions)[number]

/** The members that a change can set. */
export const changeableMembers = ['action', 'responsibleOffice', 'dueOn', 'status', 'result'] as const
export type ChangeableMember = (typeof changeableMembers)[number]

/** How a list may be ordered; `-` is latest first, and the id breaks ties. */
export const followUpSorts = ['dueOn', '-dueOn', 'addedAt', '-addedAt'] as const
export type FollowUpSort = (typeof followUpSorts)[number]
