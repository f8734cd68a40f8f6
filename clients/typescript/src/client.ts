import createClient, { type Client, type Middleware } from 'openapi-fetch'
import type { paths } from './contract.ts'
import { addIdempotencyKey } from './idempotent-operations.ts'
import type { Settings } from './settings.ts'
import type { Transport } from './transport/transport.ts'

/** Every operation of the contract, typed by it (openapi-fetch): `GET('/v1/reports', ...)` gives `{ data, error, response }`. */
export type ContractClient = Client<paths, 'application/json' | 'application/problem+json'>

export function createContractClient({ baseUrl }: Settings, transport: Transport): ContractClient {
  const client: ContractClient = createClient({
    baseUrl,
    fetch: transport,
    // Lists in a query are one parameter, `stage=a,b`, as the contract says.
    querySerializer: { array: { style: 'form', explode: false } },
  })
  client.use(addIdempotencyKey, tellWhatIsRead)
  return client
}

/** Who reads something else than JSON gets it as it comes. */
const tellWhatIsRead: Middleware = {
  onRequest({ request, options }) {
    if (options.parseAs !== 'json') Object.assign(request, { streams: true })
  },
}
