import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'

interface CrossOriginOptions {
  /** Origins whose pages may call the API from a browser, such as `https://dasbor.example.go.id`. None: no CORS at all. */
  origins: readonly string[]
}

/** Lets the named origins call from a browser. Register before `authenticate`: a browser asks first, and without a token. */
export const crossOrigin = fastifyPlugin(registerCrossOrigin, { name: 'cross-origin' })

async function registerCrossOrigin(app: FastifyInstance, { origins }: CrossOriginOptions): Promise<void> {
  if (origins.length === 0) return
  await app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: sent,
    exposedHeaders: answered,
    maxAge: 3600,
    // The error handlers refuse an OPTIONS that asks nothing; the plugin would in a form of its own.
    strictPreflight: false,
  })
}

const sent = [
  'Authorization',
  'Content-Type',
  'Accept-Language',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'If-Range',
  'Range',
  'Tus-Resumable',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Offset',
  'X-Request-Id',
  'traceparent',
  'tracestate',
]

const answered = [
  'ETag',
  'Location',
  'Link',
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Range',
  'Tus-Resumable',
  'Tus-Version',
  'Upload-Expires',
  'Upload-Length',
  'Upload-Offset',
  'Deprecation',
  'Sunset',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'X-Request-Id',
  'Idempotent-Replayed',
  'WWW-Authenticate',
  'Content-Language',
]
