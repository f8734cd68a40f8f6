import type { Logger } from 'pino'

/** Where the worker says what it does. */
export type WorkerLog = Pick<Logger, 'info' | 'warn' | 'error'>
