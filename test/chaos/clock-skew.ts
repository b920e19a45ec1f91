/** Loaded before a process (`--import`): its clock is wrong by CHAOS_SKEW_MS. */
const skewMs = Number(process.env.CHAOS_SKEW_MS ?? 0)
const now = Date.now
Date.now = () => now() + skewMs
