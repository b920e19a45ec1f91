import { describe, expect, it } from 'vitest'
import { authenticate } from '../../../services/ingress/authenticate.ts'

const nothing = { authorization: undefined, hookToken: undefined, pathToken: undefined }
const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

describe('authenticate', () => {
  it.each([
    ['a bearer token', { authorization: 'Bearer s3cret' }, 'bearer'],
    ['a bearer token whatever the case of the scheme', { authorization: 'bearer s3cret' }, 'bearer'],
    ['a basic password with any user name', { authorization: basic('anyone', 's3cret') }, 'basic'],
    ['a basic password without a user name', { authorization: basic('', 's3cret') }, 'basic'],
    ['a hook token', { hookToken: 's3cret' }, 'hook-token'],
    ['a path token', { pathToken: 's3cret' }, 'path-token'],
  ])('accepts %s', (_name, presented, method) => {
    expect(authenticate({ ...nothing, ...presented }, ['s3cret'])).toBe(method)
  })

  it.each([
    ['nothing', {}],
    ['another secret', { authorization: 'Bearer s3creT' }],
    ['a beginning of the secret', { pathToken: 's3cre' }],
    ['the secret as a user name', { authorization: basic('s3cret', '') }],
    ['the secret without a scheme', { authorization: 's3cret' }],
    ['the secret under a scheme that we do not know', { authorization: 'Digest s3cret' }],
    ['an empty credential', { pathToken: '' }],
    ['basic without a colon', { authorization: `Basic ${Buffer.from('s3cret').toString('base64')}` }],
  ])('refuses %s', (_name, presented) => {
    expect(authenticate({ ...nothing, ...presented }, ['s3cret'])).toBeNull()
  })

  it('accepts the old and the new secret while rotating', () => {
    expect(authenticate({ ...nothing, pathToken: 'old' }, ['new', 'old'])).toBe('path-token')
    expect(authenticate({ ...nothing, pathToken: 'new' }, ['new', 'old'])).toBe('path-token')
  })

  it('keeps colons in a basic password', () => {
    expect(authenticate({ ...nothing, authorization: basic('user', 'a:b:c') }, ['a:b:c'])).toBe('basic')
  })

  it('refuses everything when no secret is set, the empty credential included', () => {
    expect(authenticate({ authorization: 'Bearer ', hookToken: '', pathToken: '' }, [])).toBeNull()
  })
})
