import { describe, expect, it } from 'vitest'
import { createSessions, PROVED_MS } from '../../../../services/console/serve/sessions.ts'
import type { User } from '../../../../services/console/serve/user.ts'

const person = (name: string, by: User['by'] = 'secret'): User => ({
  ...{ name, by, role: 'viewer', tenants: null },
})

function open() {
  let atMs = 1_780_000_000_000
  const sessions = createSessions(() => atMs)
  const later = (ms: number) => {
    atMs += ms
  }
  return { sessions, later, beganMs: atMs }
}

describe('somebody is shown', () => {
  it('sessions of their own, wherever they are, and of nobody else', () => {
    const { sessions, later, beganMs } = open()
    const here = sessions.open(person('kim'), '192.0.2.1')
    sessions.open(person('lou'), '192.0.2.2')
    later(1_000)
    sessions.open(person('kim', 'oidc'), '192.0.2.3')
    later(1_000)
    sessions.userOf(here)
    expect(sessions.ofSame(here).map(({ handle: _, ...shown }) => shown)).toEqual([
      { address: '192.0.2.1', openedMs: beganMs, usedMs: beganMs + 2_000, isThis: true },
      { address: '192.0.2.3', openedMs: beganMs + 1_000, usedMs: beganMs + 1_000, isThis: false },
    ])
  })

  it('none of the token for being called as it is, and none by an id of no session', () => {
    const { sessions } = open()
    sessions.open(person('CONSOLE_TOKEN', 'token'), '192.0.2.1')
    const namesake = sessions.open(person('CONSOLE_TOKEN'), '192.0.2.2')
    expect(sessions.ofSame(namesake)).toHaveLength(1)
    expect(sessions.ofSame('')).toEqual([])
    expect(sessions.ofSame(namesake.slice(1))).toEqual([])
  })

  it('nothing by which a session could be taken over', () => {
    const { sessions } = open()
    const id = sessions.open(person('kim'), '192.0.2.1')
    const handle = sessions.ofSame(id)[0]?.handle ?? ''
    expect(handle).toMatch(/^[0-9a-f]{16}$/)
    expect(sessions.userOf(handle)).toBeNull()
  })
})

describe('somebody ends', () => {
  it('sessions of their own that they name, and no others', () => {
    const { sessions } = open()
    const [here, there, third] = [1, 2, 3].map(at => sessions.open(person('kim'), `192.0.2.${at}`))
    const others = sessions.open(person('lou'), '192.0.2.9')
    const handles = [sessions.ofSame(there ?? '')[1]?.handle ?? '', sessions.ofSame(others)[0]?.handle ?? '']
    sessions.closeOfSame(here ?? '', handles)
    expect([here, there, third, others].map(id => sessions.userOf(id ?? '')?.name ?? null)).toEqual([
      ...['kim', null, 'kim', 'lou'],
    ])
  })

  it('them only when they have just proved to be their owner', () => {
    const { sessions, later, beganMs } = open()
    const [here, vouched, unsaid] = [
      sessions.open(person('kim'), '192.0.2.1'),
      sessions.open(person('kim', 'oidc'), '192.0.2.1', beganMs - PROVED_MS / 2),
      sessions.open(person('kim', 'oidc'), '192.0.2.1', null),
    ]
    const areProved = () => [here, vouched, unsaid, ''].map(id => sessions.isProved(id))
    expect(areProved()).toEqual([true, true, false, false])
    later(PROVED_MS / 2)
    expect(areProved()).toEqual([true, false, false, false])
    later(PROVED_MS / 2)
    expect(areProved()).toEqual([false, false, false, false])
  })
})
