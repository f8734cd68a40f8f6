import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'

/** One line for each answer. It names the route and never the address, whose query may hold what people search for. */
export const requestLog = fastifyPlugin(registerRequestLog, { name: 'request-log' })

async function registerRequestLog(app: FastifyInstance): Promise<void> {
  app.addHook('onResponse', (request, reply, done) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        client: request.context?.caller.clientId ?? null,
      },
      'answered',
    )
    done()
  })
}
