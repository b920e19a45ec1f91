/** Deliberate faults of the runtime's surroundings, and mutants of its order: what the tests must be able to notice. */
import type { Admin, Producer, Transaction } from 'kafkajs'
import type { KafkaClient } from '../../services/platform/kafka/client.ts'
import type { Decision, Processor } from '../../services/platform/partitions/processor.ts'
import type { SampleTopics } from './partition-sample.ts'

/** `object` with some of its members replaced. */
const replacing = <T extends object>(object: T, members: Partial<T>): T =>
  new Proxy(object, {
    get: (target, name) => {
      const member: unknown = Reflect.get(members, name) ?? Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })

/** Runs `meanwhile` once, after the fence and before bounds and offsets are read. */
export function delayedOffsets(kafka: KafkaClient, meanwhile: () => Promise<void>): KafkaClient {
  let begun: Promise<void> | undefined
  const once = () => {
    begun ??= meanwhile()
    return begun
  }
  return replacing(kafka, {
    admin: config => {
      const admin = kafka.admin(config)
      const fetchTopicOffsets: Admin['fetchTopicOffsets'] = async topic => {
        await once()
        return admin.fetchTopicOffsets(topic)
      }
      return replacing(admin, { fetchTopicOffsets })
    },
  })
}

/** A mutant: it reads bounds and offsets first, fences after `meanwhile`, and believes what it has read. */
export function offsetsBeforeFence(
  kafka: KafkaClient,
  { group, plain, transactional, table }: SampleTopics,
  meanwhile: () => Promise<void>,
): KafkaClient {
  const admin = kafka.admin()
  const read = new Map<string, Promise<unknown>>()
  /** The answer that was read early, while there is one; each is believed once. */
  const remembered = async <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const early = read.get(key)
    read.delete(key)
    return early === undefined ? ask() : ((await early) as T)
  }
  /** It does not wait for what is on its way either. */
  const asCommitted = async () =>
    (await admin.fetchOffsets({ groupId: group, topics: [plain, transactional] })).flatMap(
      ({ topic, partitions }) => partitions.map(each => ({ topic, ...each })),
    )
  let isFenced = false
  const readEarly = async () => {
    isFenced = true
    read.set('offsets', asCommitted())
    for (const topic of [plain, transactional, table]) read.set(topic, admin.fetchTopicOffsets(topic))
    await Promise.all(read.values())
    await meanwhile()
  }
  return replacing(kafka, {
    admin: () =>
      replacing(admin, {
        fetchStableOffsets: wanted => remembered('offsets', () => admin.fetchStableOffsets(wanted)),
        fetchTopicOffsets: topic => remembered(topic, () => admin.fetchTopicOffsets(topic)),
      }),
    producer: config => {
      const producer = kafka.producer(config)
      const transaction: Producer['transaction'] = async () => {
        if (!isFenced) await readEarly()
        return producer.transaction()
      }
      return replacing(producer, { transaction })
    },
  })
}

/** A process whose first commits fail before they reach the broker. */
export function failingCommits(kafka: KafkaClient, failures: number): KafkaClient {
  let left = failures
  return replacing(kafka, {
    producer: config => {
      const producer = kafka.producer(config)
      let isFenced = false
      const transaction: Producer['transaction'] = async () => {
        const real = await producer.transaction()
        if (!isFenced) {
          isFenced = true
          return real
        }
        const commit: Transaction['commit'] = async () => {
          if (left-- > 0) throw new Error('the commit is lost on its way')
          return real.commit()
        }
        return replacing(real, { commit })
      }
      return replacing(producer, { transaction })
    },
  })
}

/** A mutant: what is decided shows at once and outlives the tenure, committed or not. */
export function stateBeforeCommit(process: Processor<never, never>, table: string): Processor<never, never> {
  const early = new Map<string, unknown>()
  return {
    ...process,
    open: context => {
      const partition = process.open(context)
      return {
        ...partition,
        decide(input, state): Decision<never> {
          const decision = partition.decide(input, {
            get: key => early.get(key) ?? state.get(key),
            scan: prefix => state.scan(prefix),
          })
          for (const { topic, key, value } of decision.outputs)
            if (topic === table) early.set(String(key), JSON.parse(String(value)))
          return decision
        },
      }
    },
  }
}
