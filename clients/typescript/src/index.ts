export type { components, operations, paths } from './contract.ts'
