import { describe, expect, it } from 'vitest'
import { topicsFault } from '../../../services/platform/topic-admin.ts'

describe('topicsFault', () => {
  it('finds nothing wrong when every topic has the right number of partitions', () => {
    expect(topicsFault(new Map([['a', 6]]), ['a', 'a'], 6)).toBeNull()
  })

  it('names what is missing and the command that creates it', () => {
    const fault = topicsFault(new Map([['a', 6]]), ['a', 'b', 'c'], 6)
    expect(fault).toContain('no topic b, c')
    expect(fault).toContain('npm run ops -- topics apply')
  })

  it('names what differs in partitions and the variable that decides', () => {
    const fault = topicsFault(new Map([['a', 3]]), ['a'], 6)
    expect(fault).toContain('a has 3')
    expect(fault).toContain('PARTITIONS')
  })
})
