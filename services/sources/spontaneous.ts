/** Pools for people who apply for no job in particular, under the names that recruiters give them. */

const POOL =
  /\b(?:candidatures? (?:spontanees?|libres?)|spontan(?:e|ee|eous)? ?(?:applications?|candidatures?)?$|spontan ?ansokan|spontanansokningar|spontansokning|initiativbewerbung|open sollicitatie|open application|(?:speculative|unsolicited) (?:applications?|cv)|uopfordret ansogning|apen soknad|candidatura espontanea|autocandidatura|candidatura spontanea)\b/

/** By the kind that the source names, or by a title that says no more than this. */
export const isSpontaneous = (kind: string | null, title: string | null): boolean =>
  /^spont/.test(plain(kind)) || POOL.test(plain(kind)) || isTitleOfPool(plain(title))

/** "Candidature spontanée - Lyon" is a pool; a job that mentions one in a long title is not. */
const isTitleOfPool = (title: string): boolean => POOL.test(title) && title.split(' ').length <= WORDS_MAX
const WORDS_MAX = 6

const plain = (text: string | null): string =>
  (text ?? '')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[øØ]/g, 'o')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
