/** The processes of a whole stack, as data: what runs, on which port, in which order it starts. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface StackProcess {
  readonly name: 'sandbox' | 'ingress' | 'normalizer' | 'pulsifi-sink' | 'console'
  readonly main: URL
  readonly portVariable: string
  readonly defaultPort: number
}

const service = (name: string): URL => new URL(`../services/${name}/main.ts`, import.meta.url)

export const SANDBOX: StackProcess = {
  name: 'sandbox',
  main: new URL('./pulsifi-sandbox/main.ts', import.meta.url),
  portVariable: 'SANDBOX_PORT',
  defaultPort: 8095,
}

const SERVICES: readonly StackProcess[] = [
  { name: 'ingress', main: service('ingress'), portVariable: 'INGRESS_PORT', defaultPort: 8080 },
  { name: 'normalizer', main: service('normalizer'), portVariable: 'NORMALIZER_PORT', defaultPort: 8091 },
  {
    name: 'pulsifi-sink',
    main: service('pulsifi-sink'),
    portVariable: 'PULSIFI_SINK_PORT',
    defaultPort: 8092,
  },
  { name: 'console', main: service('console'), portVariable: 'CONSOLE_PORT', defaultPort: 8090 },
]

/** Every process of `services/` that is installed: the console may be left out of a deployment. */
export const stackProcesses = (): readonly StackProcess[] =>
  SERVICES.filter(entry => entry.name !== 'console' || existsSync(fileURLToPath(entry.main)))

/** Undefined when there is no such process. */
export const stackProcess = (name: string): StackProcess | undefined =>
  [SANDBOX, ...SERVICES].find(entry => entry.name === name)
