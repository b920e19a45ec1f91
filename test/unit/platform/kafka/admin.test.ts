import { expect, it } from 'vitest'
import { createAdminClient } from '../../../../services/platform/kafka/admin.ts'
import type { Admin } from '../../../../services/platform/kafkajs/kafkajs.ts'

function clients() {
  const events: string[] = []
  let made = 0
  const admin = () => {
    const name = ++made
    const client = {
      connect: async () => void events.push(`connect ${name}`),
      disconnect: async () => void events.push(`disconnect ${name}`),
      listTopics: async () => [String(name)],
    }
    // Cast: nothing else of it is used.
    return client as unknown as Admin
  }
  return { events, client: createAdminClient({ admin }) }
}

it('uses one client for everybody as long as it answers', async () => {
  const { events, client } = clients()
  const [first, second] = await Promise.all([
    client.use(admin => admin.listTopics()),
    client.use(admin => admin.listTopics()),
  ])
  expect([first, second]).toEqual([['1'], ['1']])
  await client.close()
  expect(events).toEqual(['connect 1', 'disconnect 1'])
})

it('makes another one after a failure, which may be about leaders of long ago', async () => {
  const { events, client } = clients()
  const refused = new Error('not the leader')
  await expect(client.use(() => Promise.reject(refused))).rejects.toBe(refused)
  expect(await client.use(admin => admin.listTopics())).toEqual(['2'])
  expect(events).toEqual(['connect 1', 'disconnect 1', 'connect 2'])
})
