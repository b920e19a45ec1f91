/**
 * Whether what was assigned to us is ours still, told from the events of kafkajs.
 *
 * It announces that the group is joined anew, but a join that fails it does not always repeat: it goes on as before, and
 * whoever waits for the new assignment waits for ever. Then the coordinator's answers tell. In the generation of our
 * assignment we hold what we held; in another one kafkajs has missed what we were assigned.
 */

/** Answers in a row, about a second apart, before no assignment is expected any more. */
const BEATS = { beforeRelease: 2, beforeJoin: 5 }

export type MembershipAdvice = 'none' | 'release' | 'join-again'

export class Membership {
  /** Member and generation of the assignment; null until an answer names them. */
  #assigned: string | null = null
  #isAnnounced = false
  #beats = 0

  /** The assignment has come. */
  joined(): void {
    this.#assigned = null
    this.#isAnnounced = false
    this.#beats = 0
  }

  /** Another assignment is to come. */
  announced(): void {
    this.#isAnnounced = true
    this.#beats = 0
  }

  /** @param generation member and generation whose heartbeat was answered */
  beat(generation: string): MembershipAdvice {
    if (this.#assigned === null && !this.#isAnnounced) this.#assigned = generation
    const isOurs = this.#assigned === generation
    if (isOurs && !this.#isAnnounced) return 'none'
    this.#beats++
    if (this.#beats < (isOurs ? BEATS.beforeRelease : BEATS.beforeJoin)) return 'none'
    this.#beats = 0
    this.#isAnnounced = false
    return isOurs ? 'release' : 'join-again'
  }
}
