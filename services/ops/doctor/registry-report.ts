/** What the registry has of our subjects, for comparing: nothing is registered here. */
import { z } from 'zod'
import { AVRO_TOPICS, type AvroTopic, loadSchema, subjectOf } from '../../../schemas/subjects.ts'
import { endpointOf, headersFor } from '../../platform/avro/registry-reader.ts'
import { type HttpProbe, probeHttp } from './http-probe.ts'

export interface SubjectReport {
  readonly subject: string
  /** Null when the subject has none of its own. */
  readonly compatibility: string | null
  /** Whether the schema as this version has it is registered. */
  readonly isRegistered: boolean
}

export type RegistryReport =
  | { readonly type: 'answered'; readonly subjects: readonly SubjectReport[] }
  /** An HTTP status, or the code of a failure. */
  | { readonly type: 'failed'; readonly reason: string }

const Compatibility = z.object({ compatibilityLevel: z.string() })

export async function reportRegistry(
  url: string,
  timeoutMs: number,
  nowMs: () => number,
): Promise<RegistryReport> {
  const endpoint = endpointOf(url)
  const ask = (path: string, body?: string) =>
    probeHttp(`${endpoint.host}${path}`, {
      ...{ headers: headersFor(endpoint), timeoutMs, nowMs },
      ...(body !== undefined && { method: 'POST', body }),
    })
  const first = faultOf(await ask('/subjects'))
  if (first !== null) return { type: 'failed', reason: first }
  const subjects: SubjectReport[] = []
  for (const topic of AVRO_TOPICS) {
    const answers = await Promise.all([
      ask(`/config/${subjectOf(topic)}`),
      ask(`/subjects/${subjectOf(topic)}`, lookup(topic)),
    ])
    const fault = answers.map(faultOf).find(reason => reason !== null && reason !== '404')
    if (fault !== undefined) return { type: 'failed', reason: fault ?? '' }
    const [mode, schema] = answers
    subjects.push({
      subject: subjectOf(topic),
      compatibility: compatibilityIn(mode),
      isRegistered: faultOf(schema) === null,
    })
  }
  return { type: 'answered', subjects }
}

const lookup = (topic: AvroTopic): string => JSON.stringify({ schema: JSON.stringify(loadSchema(topic)) })

function faultOf(probe: HttpProbe): string | null {
  if (probe.type === 'failed') return probe.code
  return probe.status >= 200 && probe.status < 300 ? null : String(probe.status)
}

function compatibilityIn(probe: HttpProbe): string | null {
  if (faultOf(probe) !== null || probe.type === 'failed') return null
  try {
    return Compatibility.parse(JSON.parse(probe.text)).compatibilityLevel
  } catch {
    return null
  }
}
