import { writeFile } from 'node:fs/promises'
import { versionOf } from './breaking/judge.ts'
import { allowedFile, contractFile, lastReleased, readContract, releasedFile } from './breaking/released.ts'

/** Keeps openapi/openapi.json as the contract of its version, which later ones are compared with. */
const { text, version } = await readContract(contractFile)
const last = await lastReleased()
if (last !== undefined && versionOf(version).order <= versionOf(last).order) {
  console.error(
    `${last} is released already: give package.json a later version, run npm run contract, and release that`,
  )
  process.exitCode = 1
} else {
  await writeFile(releasedFile(version), text, { flag: 'wx' })
  await writeFile(allowedFile, '[]\n')
  console.log(`released openapi/released/openapi-${version}.json; commit it with the tag of the version`)
}
