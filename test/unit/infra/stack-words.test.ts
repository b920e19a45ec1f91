import { expect, it } from 'vitest'
import { addressLines, postLines } from '../../../infra/stack-words.ts'

const urls = {
  sandbox: 'http://127.0.0.1:8095',
  ingress: 'http://127.0.0.1:8080',
  normalizer: 'http://127.0.0.1:8091',
  console: 'http://127.0.0.1:8090',
}

it('names the address of everything that runs, and health where it is elsewhere', () => {
  const healthUrls = { ...urls, ingress: 'http://127.0.0.1:8093', console: 'http://127.0.0.1:8094' }
  const lines = addressLines({
    urls,
    healthUrls,
    kafka: '127.0.0.1:9092',
    registry: 'http://127.0.0.1:8081/v7',
  })
  expect(lines).toEqual([
    '  sandbox          http://127.0.0.1:8095     Pulsifi’s stand-in, with a page: see the calls, finish an assessment by hand',
    '  ingress          http://127.0.0.1:8080     health http://127.0.0.1:8093/readyz',
    '  normalizer       http://127.0.0.1:8091',
    '  console          http://127.0.0.1:8090     a page: what became of everybody; health http://127.0.0.1:8094/readyz',
    '  Kafka            127.0.0.1:9092',
    '  schema registry  http://127.0.0.1:8081/v7',
  ])
})

it('posts a file of the project to ingress with the secret', () => {
  expect(postLines({ ingress: urls.ingress, tenant: 'acme', secret: 'abc' }).join('\n')).toBe(
    [
      "  curl -H 'Authorization: Bearer abc' -H 'content-type: application/json' \\",
      '    --data-binary @infra/demo/webhooks/jobylon-candidate-try-it.json http://127.0.0.1:8080/hooks/jobylon/acme',
    ].join('\n'),
  )
})
