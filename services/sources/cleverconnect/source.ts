import { z } from 'zod'
import { andThen, ok, reject } from '../../core/outcome.ts'
import { parseBody } from '../parse-body.ts'
import { faultsOf, mapping, type Source } from '../source.ts'
import { detachFiles } from './detach-files.ts'
import { toCandidate } from './map-application.ts'
import { Application, Envelope, Settings } from './payload.ts'

const AnyObject = z.record(z.string(), z.unknown())

/** Fields of the older Météojob direct-apply format, another product. */
const LEGACY_FIELDS = ['cvBase64', 'jobkey']

/**
 * CleverConnect, formerly Météojob. One kind of event, a new application, as a bare JSON object with its files in
 * base64. No job events, no deletes, no delivery id, no clock; retry is not documented. Repeating an `id` is
 * repeating the application (reading C6).
 */
export default {
  name: 'cleverconnect',
  bodyBytesMax: 30 * 1024 * 1024,
  settings: Settings,
  split: request =>
    andThen(parseBody(request, AnyObject), ({ value, text }) => {
      const legacy = LEGACY_FIELDS.filter(field => Object.hasOwn(value, field))
      if (legacy.length > 0) return reject('LEGACY_METEOJOB_FORMAT', legacy.join(', '))
      const envelope = Envelope.safeParse(value)
      if (!envelope.success) return reject('NOT_ROUTABLE', faultsOf(envelope.error, Envelope))
      const entity = { type: 'candidate', externalId: envelope.data.id } as const
      return ok([{ kind: 'application', entity, deliveryId: null, ...detachFiles(text, value) }])
    }),
  kinds: { application: mapping(Application, toCandidate) },
  /** Being sent is the request: every application is invited. */
  trigger: () => 'invite',
} satisfies Source
