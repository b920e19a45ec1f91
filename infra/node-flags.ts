/** What Node is told for every process of ours. */
export const NODE_FLAGS = [
  // MiB. What V8 would choose grows with the machine: up to 180 MiB more memory in ingress, 120 in the normalizer, and
  // no event more a second (decision 0030). A running process can no longer be told.
  '--max-semi-space-size=16',
]

/**
 * Node with these flags takes the place of this process: the id stays, and who waits for it or sends it a signal.
 * @throws where the system has no way to do so
 */
export function become(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): never {
  if (process.execve === undefined) throw new Error(`start it by itself: node ${script}`)
  return process.execve(process.execPath, [process.execPath, ...NODE_FLAGS, script, ...args], env)
}
