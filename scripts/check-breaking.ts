import { type Break, breakKinds } from './breaking/break.ts'
import { compareContracts } from './breaking/compare-contracts.ts'
import { judge } from './breaking/judge.ts'
import { contractFile, lastReleased, readAllowed, readContract, releasedFile } from './breaking/released.ts'

/** Says what in openapi/openapi.json breaks those who call by the contract released last, and may not. */
const version = await lastReleased()
if (version === undefined) throw new Error('No contract is released: run npm run contract:release')
const [released, current] = await Promise.all([readContract(releasedFile(version)), readContract(contractFile)])
const breaks = compareContracts(released.document, current.document)
const versions = { released: released.version, current: current.version }
const { refused, allowed, faults } = judge(breaks, await readAllowed(), versions, new Date())

const inWords = ({ place, kind, what }: Break) => `${place}: ${kind}${what && ` ${what}`} (${breakKinds[kind]})`
for (const each of allowed) console.log(`allowed: ${inWords(each)}`)
for (const each of refused) console.error(`breaks: ${inWords(each)}`)
for (const fault of faults) console.error(`allowed-breaks.json: ${fault}`)
if (refused.length > 0)
  console.error('Add beside what stands, mark it as deprecated, or see "Change the contract" in CONTRIBUTING.md')
if (refused.length + faults.length > 0) process.exitCode = 1
else console.log(`the contract keeps what ${version} promised`)
