import { isUtf8 } from 'node:buffer'
import type { Attempt } from './attempt.ts'
import { type Contract, isJson, type Operation } from './contract.ts'
import type { World } from './world.ts'

/** Why the document demands that a request be refused; undefined where it may be answered. */
export function whyRefused(
  contract: Contract,
  world: World,
  operation: Operation,
  attempt: Attempt,
): string | undefined {
  return (
    byToken(world, operation, attempt) ??
    byProof(world, operation, attempt) ??
    byQuery(operation, attempt) ??
    byBody(contract, operation, attempt)
  )
}

function byToken({ callers }: World, { scopes }: Operation, { headers }: Attempt): string | undefined {
  if (!scopes) return undefined
  const given = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1]
  const caller = callers.find(({ token }) => given === `Bearer ${token}`)
  if (!caller) return 'no valid token'
  const missing = scopes.find((scope) => !caller.scopes.includes(scope))
  return missing && `a token without ${missing}`
}

/** A token is given only to who brings what proves a client. */
function byProof({ proofs }: World, { id }: Operation, { headers, body }: Attempt): string | undefined {
  if (id !== 'grantToken') return undefined
  const given = [...headers.map(([, value]) => value), body?.toString('latin1') ?? '']
  const proven = proofs.some((proof) => given.some((text) => text.includes(proof)))
  return proven ? undefined : 'no proof of a client'
}

function byQuery({ parameters }: Operation, { target }: Attempt): string | undefined {
  const query = new URLSearchParams(target.split('#')[0]?.split('?').slice(1).join('?'))
  const names = [...query.keys()].filter((name) => name !== '')
  const declared = parameters.filter((each) => each.in === 'query').map(({ name }) => name)
  const unknown = names.find((name) => !declared.includes(name))
  if (unknown !== undefined) return `the undeclared parameter ${unknown}`
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  return twice && `${twice} twice`
}

function byBody(contract: Contract, { body: expected }: Operation, { body }: Attempt): string | undefined {
  // Of a form, other parameters are ignored and empty ones absent, which no schema says.
  if (!expected || !isJson(expected.mediaType)) return undefined
  if (!body?.length && !expected.required) return undefined
  if (!body || !isUtf8(body)) return 'a body that is none'
  try {
    // Items are judged one by one. No reviver here: it does not survive an item that is nested too deeply, and the others stand.
    if (expected.isList) {
      const list: unknown = JSON.parse(body.toString())
      return Array.isArray(list) && list.length > 0 ? undefined : 'a list that is none'
    }
    // Lengths count what is stored, and that is in one Unicode form.
    const value = JSON.parse(body.toString(), (_name, each) =>
      typeof each === 'string' ? each.normalize('NFC') : each,
    )
    const fault = contract.fault(expected.pointer, value)
    return fault && `a body that breaks its schema: ${fault}`
  } catch {
    return 'a body that is no JSON'
  }
}
