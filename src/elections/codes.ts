import { z } from 'zod'

/** Official words, from the calendar: `pilkada-2024`, `masa_tenang`. */
export const ElectionCode = z.string().regex(/^[a-z][a-z0-9-]{1,59}$/)
export const StageCode = z.string().regex(/^[a-z][a-z0-9_]{1,59}$/)
