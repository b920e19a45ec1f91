import { describe, expect, it } from 'vitest'
import { AVRO_TOPICS, loadSchema } from '../../../../schemas/subjects.ts'
import { CANONICAL_CANDIDATE, PULSIFI_INVITATION } from '../../../../services/core/topics.ts'
import { MASK, maskedRecord } from '../../../../services/platform/avro/masking.ts'
import { candidateRecord } from '../../../support/candidate-record.ts'
import { invitationRecord } from '../../../support/ledger-records.ts'

describe('a record', () => {
  const candidate = candidateRecord({
    first_name: 'Ada',
    email: 'ada@example.com',
    phone_numbers: [{ raw: '+33 1 23 45 67 89', e164: null, type: null }],
    custom_fields: { note: '"x"' },
    skills: [{ name: 'SQL', uri: null, proficiency: null }],
    work_experiences: [],
  })

  it('keeps keys and codes, and nothing that identifies a person', () => {
    expect(maskedRecord(CANONICAL_CANDIDATE, candidate)).toMatchObject({
      candidate_key: candidate.candidate_key,
      first_name: MASK,
      email: MASK,
      phone_numbers: MASK,
      custom_fields: MASK,
      skills: [{ name: 'SQL' }],
    })
  })

  it('says times and days as every JSON does', () => {
    const education = { start_date: 18_262, end_date: null }
    const record = { ...candidate, applications: [], educations: [education], deleted_at: 1 }
    // The cast stands for an education of which no more is read.
    expect(maskedRecord(CANONICAL_CANDIDATE, record as never, new Set(['personal']))).toMatchObject({
      educations: [{ start_date: '2020-01-01', end_date: null }],
      deleted_at: '1970-01-01T00:00:00.001Z',
    })
  })

  it('still shows what is not there', () => {
    const masked = maskedRecord(CANONICAL_CANDIDATE, candidate)
    expect(masked).toMatchObject({ last_name: null, work_experiences: [] })
  })

  it('shows personal data when it is asked for, and secrets only when they are', () => {
    const { first_name, email, phone_numbers, custom_fields, skills } = candidate
    expect(maskedRecord(CANONICAL_CANDIDATE, candidate, new Set(['personal']))).toMatchObject({
      ...{ first_name, email, phone_numbers, custom_fields, skills },
    })
    const invitation = invitationRecord({ invitation_link: 'https://example.com/i/abc' })
    expect(maskedRecord(PULSIFI_INVITATION, invitation, new Set(['personal'])).invitation_link).toBe(MASK)
    expect(maskedRecord(PULSIFI_INVITATION, invitation, new Set(['secret'])).invitation_link).toBe(
      invitation.invitation_link,
    )
  })

  it('masks inside nested records and lists', () => {
    const attachment = {
      external_id: null,
      source_url: 'https://example.com/cv',
      file_name: 'cv.pdf',
      kind: 'RESUME',
    }
    // The cast stands for an attachment whose other fields do not matter here.
    const masked = maskedRecord(CANONICAL_CANDIDATE, candidateRecord({ attachments: [attachment as never] }))
    expect(masked.attachments).toEqual([{ ...attachment, source_url: MASK, file_name: MASK }])
  })

  it.each(AVRO_TOPICS)('of %s has every field of its schema that is marked masked', topic => {
    const { fields } = loadSchema(topic)
    const marked = fields.filter(field => /\[(personal|secret)\]$/.test(String(Reflect.get(field, 'doc'))))
    const record = Object.fromEntries(
      fields.map(({ name }) => [name, marked.some(field => field.name === name) ? 'text' : {}]),
    )
    // The cast stands for a record that only says which fields are there.
    const masked = maskedRecord(topic, record as never)
    expect(Object.keys(masked).filter(name => masked[name] === MASK)).toEqual(marked.map(({ name }) => name))
  })
})
