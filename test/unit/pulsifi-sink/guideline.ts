/** The request rows of the guideline v4.1.0, written down a second time and apart from the code under test. */
import { z } from 'zod'

const upTo = (lengthMax: number) =>
  z
    .string()
    .max(lengthMax)
    .refine(text => text.isWellFormed())
const filled = (lengthMax: number) => upTo(lengthMax).refine(text => text.trim() === text && text !== '')
const day = z.iso.date().length(10)

export const createJob = z.strictObject({
  title: filled(255),
  description: z
    .string()
    .refine(text => Array.from(text.trim()).length >= 300)
    .refine(text => text.isWellFormed()),
  skills: z.array(filled(255)).max(10),
  external_id: z
    .string()
    .min(1)
    .max(45)
    .regex(/^[\w.:-]+$/),
})

const experience = z
  .strictObject({
    role: filled(255),
    organization: filled(255),
    is_current: z.boolean(),
    responsibility_achievement: filled(1000).optional(),
    start_date: day,
    end_date: day.optional(),
  })
  .refine(position => !position.is_current || position.end_date === undefined)

export const createCandidate = (nowMs: number) =>
  z
    .strictObject({
      job_id: z.string().min(1).max(36),
      ext_reference_id: z
        .string()
        .min(1)
        .max(50)
        .regex(/^[\w.:-]+$/),
      is_anonymous_candidate: z.boolean(),
      email: filled(255)
        .refine(text => text.split('@').length === 2)
        .optional(),
      first_name: filled(255).optional(),
      last_name: filled(255).optional(),
      skills: z
        .array(
          z.strictObject({
            name: filled(255),
            proficiency: z.enum(['novice', 'competent', 'proficient', 'expert']),
          }),
        )
        .min(1)
        .max(15)
        .optional(),
      work_experiences: z.array(experience).min(1).max(10).optional(),
      deadline: z.iso
        .datetime()
        .refine(text => Date.parse(text) > nowMs && Date.parse(text) < nowMs + 92 * 86_400_000)
        .optional(),
    })
    .refine(
      ({ is_anonymous_candidate, email, first_name, last_name }) =>
        is_anonymous_candidate || [email, first_name, last_name].every(field => field !== undefined),
    )
