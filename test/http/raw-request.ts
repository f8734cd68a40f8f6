import { connect } from 'node:net'

/** What answers have in common, injected or read from a socket. */
export interface Answer {
  statusCode: number
  headers: Record<string, unknown>
  json(): Record<string, unknown>
}

/** What the server answers to raw bytes, until it closes. */
export async function rawRequest(port: number, pieces: string[]): Promise<Answer> {
  const socket = connect(port, '127.0.0.1')
  for (const piece of pieces) socket.write(piece, 'latin1')
  let text = ''
  for await (const chunk of socket.setEncoding('utf8')) text += chunk
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const [line = '', ...fields] = head.split('\r\n')
  const headers = Object.fromEntries(fields.map((field) => [field.split(': ')[0]?.toLowerCase(), field.split(': ')[1]]))
  return { statusCode: Number(line.split(' ')[1]), headers, json: () => JSON.parse(body) }
}
