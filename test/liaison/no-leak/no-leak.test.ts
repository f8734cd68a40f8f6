import t from 'tap'
import { createWorld } from './world.ts'
t.test('x', async (t) => {
  const w = await createWorld(t, [])
  t.equal(w.releases.length, 0)
  t.equal(w.log.length, 0)
})
