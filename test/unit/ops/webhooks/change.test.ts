import { expect, it } from 'vitest'
import { changedWebhook } from '../../../../services/ops/webhooks/change.ts'

const configured = {
  ...{ name: 'atsflow', url: 'https://a.example.com/hook', secret: 'ours' },
  events: ['candidate_application_result_ready'],
}
const foreign = {
  name: 'other',
  url: 'https://b.example.com',
  events: ['candidate_application_result_ready'],
}

it.each([
  ['keeps what no option names', foreign, { name: 'new' }, { ...foreign, name: 'new' }],
  ['sends our secret to our own address', configured, {}, configured],
  ['sends our secret nowhere else', foreign, {}, foreign],
  [
    'sends no secret of ours to another address',
    configured,
    { url: foreign.url },
    { ...foreign, name: 'atsflow' },
  ],
  ['sends the secret that is given', foreign, { secretFile: 'theirs' }, { ...foreign, secret: 'theirs' }],
])('%s', (_law, known, options, request) => {
  expect(changedWebhook(known, options, configured)).toEqual(request)
})

it('needs an address and a name', () => {
  expect(() => changedWebhook(null, { url: foreign.url }, null)).toThrow('--name')
})
