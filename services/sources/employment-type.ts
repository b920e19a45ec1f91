import type { EmploymentType } from '../../schemas/types.ts'

/** The first that matches decides. `temps plein` says when one works, not that the contract is temporary. */
const LABELS: readonly (readonly [RegExp, EmploymentType])[] = [
  [/cdi|perm|full/i, 'FULL_TIME'],
  [/partiel|part/i, 'PART_TIME'],
  [/cdd|int[ée]rim|temp(?!s)/i, 'TEMPORARY'],
  [/stage|intern|altern|apprenti/i, 'INTERN'],
  [/freelance|ind[ée]p|contract/i, 'CONTRACTOR'],
]

/** The kind of contract behind a label in French or English; UNKNOWN when no word is recognised. */
export function employmentType(label: string | null): EmploymentType {
  const text = label?.normalize('NFC') ?? ''
  return LABELS.find(([pattern]) => pattern.test(text))?.[1] ?? 'UNKNOWN'
}
