import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'

/** Once the server stops, each answer is the last of its connection: it would otherwise wait for those that are kept alive. */
export const lastAnswers = fastifyPlugin(registerLastAnswers, { name: 'last-answers' })

async function registerLastAnswers(app: FastifyInstance): Promise<void> {
  let stopping = false
  app.addHook('preClose', async () => {
    stopping = true
  })
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) reply.header('connection', 'close')
    done()
  })
}
