import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Whether anything points at a container engine: a variable, a setting of testcontainers, or a socket. */
export function mayHaveDocker(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.DOCKER_HOST || env.TESTCONTAINERS_HOST_OVERRIDE || env.DOCKER_CONTEXT) return true
  const home = homedir()
  const places = [
    '/var/run/docker.sock',
    join(env.XDG_RUNTIME_DIR || '/run', 'docker.sock'),
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
    join(home, '.colima', 'default', 'docker.sock'),
    join(home, '.testcontainers.properties'),
  ]
  return process.platform === 'win32' || places.some(place => existsSync(place))
}
