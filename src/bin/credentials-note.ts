import type { AddClient, ClientView } from '../clients/schemas.ts'

type Known = Pick<AddClient, 'clientId' | 'name' | 'scopes' | 'clearance'> & {
  office?: string | null | undefined
  agency?: string | null | undefined
}

/** What a client is handed: JSON that `report send --credentials` takes. */
export function credentialsNote(client: Known, proof: { secret: string } | { kid: string | null }): string {
  const { clientId, office, agency, name, scopes, clearance } = client
  const place = typeof office === 'string' ? { office } : { agency }
  return `${JSON.stringify({ clientId, ...proof, ...place, name, scopes, clearance }, null, 2)}\n`
}

/** The note on a client as an administrator is shown it, the newest of its keys first. */
export function noteOn({ secret, ...client }: ClientView & { secret: string | null }): string {
  return credentialsNote(client, secret === null ? { kid: client.credentials[0]?.kid ?? null } : { secret })
}
