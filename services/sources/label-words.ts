/** Words in the labels that sources have for kinds of employment and the like. */

/** Finds whole words, without accents, in what `plainLabel` gives; what ends in `*` may go on, as Swedish and German words do. */
export const labelPattern = (alternatives: string): RegExp =>
  new RegExp(`(?<![a-z0-9])(?:${alternatives.replaceAll('*', '[a-z]*')})(?![a-z0-9])`, 'g')

/** Without accents, capitals and hyphens. */
export const plainLabel = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[øØ]/g, 'o')
    .replace(/[æÆ]/g, 'ae')
    .toLowerCase()
    .replace(/[-–_/]+/g, ' ')
    .replace(/\s+/g, ' ')
