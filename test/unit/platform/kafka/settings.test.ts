import { expect, it } from 'vitest'
import { endpointOf } from '../../../../services/platform/avro/registry.ts'
import { registryUrlOf } from '../../../../services/platform/kafka/settings.ts'

const SCHEMA_REGISTRY_URL = 'https://registry.example.com/apis'

it.each(['a/b#c%d', 'ü@:?&', '%20'])('takes %j for a password of the registry', password => {
  const url = registryUrlOf({
    SCHEMA_REGISTRY_URL,
    REGISTRY_USERNAME: 'kim@example',
    REGISTRY_PASSWORD: password,
  })
  expect(endpointOf(url)).toEqual({ host: SCHEMA_REGISTRY_URL, auth: { username: 'kim@example', password } })
})

it('leaves the URL as it is without them, and refuses half of them', () => {
  expect(registryUrlOf({ SCHEMA_REGISTRY_URL })).toBe(SCHEMA_REGISTRY_URL)
  expect(() => registryUrlOf({ SCHEMA_REGISTRY_URL, REGISTRY_USERNAME: 'kim' })).toThrow('REGISTRY_PASSWORD')
})
