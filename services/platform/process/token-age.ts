/** How long an access token lives, and when it is renewed. Pure. */

/** Assumed when a server does not say how long a token lives. */
const LIFETIME_ASSUMED_MS = 300_000
/** Larger numbers in `expires_in` are moments, not lifetimes: Pulsifi's earlier guides call it a unix timestamp. */
const EPOCH_SECONDS_MIN = 1e9
const EPOCH_MS_MIN = 1e12

/**
 * Life of a token in ms, from `expires_in`: seconds as a string, says the guideline. Also read: a number, and a
 * moment in epoch seconds or ms.
 */
export function tokenLifetimeMs(expiresIn: unknown, nowMs: number): number {
  const value = typeof expiresIn === 'string' && expiresIn.trim() !== '' ? Number(expiresIn) : expiresIn
  if (typeof value !== 'number' || !Number.isFinite(value)) return LIFETIME_ASSUMED_MS
  const lifetimeMs =
    value > EPOCH_MS_MIN ? value - nowMs : value > EPOCH_SECONDS_MIN ? value * 1000 - nowMs : value * 1000
  return lifetimeMs > 0 ? lifetimeMs : LIFETIME_ASSUMED_MS
}

/** Age in ms at which a token is renewed: a minute before its end, within the second half of its life. */
export const renewalAgeMs = (lifetimeMs: number): number =>
  Math.max(0.5 * lifetimeMs, Math.min(0.8 * lifetimeMs, lifetimeMs - 60_000))
