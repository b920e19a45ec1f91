import { expect, it } from 'vitest'
import { Membership } from '../../../../../services/platform/partitions/group/membership.ts'

/** `J` join, `R` rebalance announced, a digit: a heartbeat answered in this generation. */
function adviceAfter(events: string) {
  const membership = new Membership()
  const advice: string[] = []
  for (const event of events) {
    if (event === 'J') membership.joined()
    else if (event === 'R') membership.announced()
    else advice.push(membership.beat(event))
  }
  return { last: advice.at(-1) ?? 'none', all: advice.filter(each => each !== 'none') }
}

it.each([
  ['nothing happens', 'J1111111', []],
  ['a join follows the announcement', 'J1RJ2222', []],
  ['a join follows after an answer', 'J1R1J2222', []],
  ['announcements follow each other, and a join them', 'J1R1R1J222', []],
  ['no join follows, and the answers go on', 'J1R11', ['release']],
  ['it happens again', 'J1R11R11', ['release', 'release']],
  ['the answers are about a generation that no join told of', 'J1R22222', ['join-again']],
  ['the generation changes without a word', 'J122222', ['join-again']],
  ['the answers of a slow join come first', 'J1R2222J222222', []],
  ['it is not known which generation was ours', 'JR11111', ['join-again']],
  ['it has joined again', 'J1R22222J33333R33', ['join-again', 'release']],
])('when %s', (_what, events, advice) => {
  expect(adviceAfter(events).all).toEqual(advice)
})

it('a hold is released by the second answer, not by one that was on its way', () => {
  expect(adviceAfter('J1R1').last).toBe('none')
  expect(adviceAfter('J1R11').last).toBe('release')
})
