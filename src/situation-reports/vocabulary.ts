/** How often an office reports: LAPSITDA harian, mingguan, bulanan. */
export const periodKinds = ['daily', 'weekly', 'monthly'] as const
export type PeriodKind = (typeof periodKinds)[number]

/** Whether it came before its deadline. */
export const timelinesses = ['on_time', 'late'] as const

/** The parts of the situation: Ipoleksosbudhankam. */
export const sectionNames = ['ideology', 'politics', 'economy', 'socialCulture', 'defence', 'security'] as const
