import { expect, it } from 'vitest'
import { pulsifiId } from '../../../../services/core/identity.ts'
import { createPartitionOf } from '../../../../services/platform/kafka/partition-of.ts'
import { claimsOf, ownerOfClaim } from '../../../../services/pulsifi-sink/ledger/claims.ts'

const partitionOf = createPartitionOf(12)
const ownerOf = (externalId: string, applicationKey: string) =>
  ownerOfClaim(`application:${pulsifiId('direct', 'default', externalId, 50)}`, applicationKey, partitionOf)

it('claims the person for the job, unless there is no address or each application counts', () => {
  expect(claimsOf('jobylon_7', 'p', 'j', 'person-and-job')).toEqual(['application:jobylon_7', 'person:p:j'])
  expect(claimsOf('jobylon_7', null, 'j', 'person-and-job')).toEqual(['application:jobylon_7'])
  expect(claimsOf('jobylon_7', 'p', 'j', 'application')).toEqual(['application:jobylon_7'])
})

it.each([
  ['7', 'direct:default:7', 'direct:default:7'],
  ['12_34', 'direct:default:12#34', 'direct:default:12'],
  ['a_b#c', 'direct:default:a_b#c', 'direct:default:a_b'],
])('has application %s claimed where its candidate is', (externalId, applicationKey, candidateKey) => {
  expect(ownerOf(externalId, applicationKey)).toBe(partitionOf(candidateKey))
})

it('has one owner for applications that share a reference', () => {
  expect(ownerOf('12_34', 'direct:default:12_34')).toBe(ownerOf('12_34', 'direct:default:12#34'))
})
