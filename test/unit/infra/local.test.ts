import { describe, expect, it } from 'vitest'
import { versionsFrom } from '../../../infra/local/artifacts.ts'
import { brokerProperties } from '../../../infra/local/broker.ts'
import { clusterIdOf } from '../../../infra/local/format-storage.ts'
import { startInfrastructure } from '../../../infra/local/infrastructure.ts'
import { javaVersion } from '../../../infra/local/java.ts'
import { holderFromLsof, portTaken } from '../../../infra/local/ports.ts'
import { registryOptions } from '../../../infra/local/registry.ts'
import { topicsSummary } from '../../../infra/local/topics.ts'

// Kafka's tool takes a leading dash for an option: one start in 64 would fail.
it.each([0x00, 0xf8, 0xfb])('a cluster id begins with no dash, whatever its bytes: %d', byte => {
  expect(clusterIdOf(Buffer.alloc(16, byte))).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/)
})

describe('the broker’s properties', () => {
  const lines = brokerProperties({ port: 9092, controllerPort: 9093, logDir: 'C:\\data' }).split('\n')

  it('never lets a mistyped name become a topic', () => {
    expect(lines).toContain('auto.create.topics.enable=false')
  })

  it('listen on loopback alone, and say so to clients', () => {
    expect(lines).toContain('listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093')
    expect(lines).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:9092')
  })

  it('ask for one replica of the internal topics, since there is one node', () => {
    const replicas = lines.filter(line => /replication[.]factor|min[.]isr/.test(line))
    expect(replicas.length).toBeGreaterThan(4)
    for (const line of replicas) expect(line).toMatch(/=1$/)
  })

  it('escape the backslash', () => {
    expect(lines).toContain('log.dirs=C:\\\\data')
  })
})

describe('the registry’s options', () => {
  it('write every registration to disk before it is answered', () => {
    expect(registryOptions('/data', 8081).join(' ')).toContain('WRITE_DELAY=0')
  })
})

describe('a taken port', () => {
  it('is reported with the variable that moves it and who holds it', () => {
    const sentence = portTaken(9092, 'LOCAL_KAFKA_PORT', holderFromLsof('p4711\ncjava\nf120\n'))
    expect(sentence).toBe(
      'port 9092 is taken by java (process 4711): end that, or set LOCAL_KAFKA_PORT to another port',
    )
  })

  it('is reported even when nobody can see who holds it', () => {
    expect(portTaken(1, 'X', holderFromLsof(''))).toContain('taken by another process')
  })
})

describe('javaVersion', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', '17.0.15'],
    ['java version "1.8.0_202"', '1.8.0_202'],
    ['command not found', null],
  ])('reads %s', (text, version) => {
    expect(javaVersion(text)).toBe(version)
  })
})

describe('versionsFrom', () => {
  it('refuses a pom that does not name both versions', () => {
    expect(() => versionsFrom('<kafka.version>4</kafka.version>')).toThrow(/names no versions/)
  })
})

describe('startInfrastructure', () => {
  it('starts nothing when both addresses are given', async () => {
    const env = { KAFKA_BROKERS: 'one:9092,two:9092', SCHEMA_REGISTRY_URL: 'http://registry:8081' }
    expect(await startInfrastructure(env)).toMatchObject({
      kafka: 'one:9092,two:9092',
      registryUrl: 'http://registry:8081',
      how: 'given',
      broker: null,
    })
  })

  it.each([{ KAFKA_BROKERS: 'one:9092' }, { SCHEMA_REGISTRY_URL: 'http://registry:8081' }])(
    'refuses one address without the other: %o',
    async env => {
      await expect(startInfrastructure(env)).rejects.toThrow(/belong together/)
    },
  )
})

describe('topicsSummary', () => {
  it('counts what was done', () => {
    const changes = [
      { topic: 'a', change: 'created' },
      { topic: 'b', change: 'altered', settings: ['retention.ms'] },
      { topic: 'c', change: 'unchanged' },
      { topic: 'd', change: 'unchanged' },
    ] as const
    expect(topicsSummary(changes)).toBe('topics: 1 created, 1 altered, 2 unchanged')
  })
})
