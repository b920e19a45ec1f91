/** The processes of a whole stack, as data: what runs, on which port, in which order it starts. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface StackProcess {
  readonly name: 'sandbox' | 'ingress' | 'normalizer' | 'pulsifi-sink' | 'console'
  readonly main: URL
  readonly port: PortSetting
  /** Where it answers `/readyz`. */
  readonly healthPort: PortSetting
}

export interface PortSetting {
  readonly variable: string
  readonly fallback: number
}

const port = (variable: string, fallback: number): PortSetting => ({ variable, fallback })
/** One port for everything. */
const onePort = (variable: string, fallback: number) => ({
  port: port(variable, fallback),
  healthPort: port(variable, fallback),
})

const service = (name: string): URL => new URL(`../services/${name}/main.ts`, import.meta.url)

export const SANDBOX: StackProcess = {
  name: 'sandbox',
  main: new URL('./pulsifi-sandbox/main.ts', import.meta.url),
  ...onePort('SANDBOX_PORT', 8095),
}

const SERVICES: readonly StackProcess[] = [
  {
    name: 'ingress',
    main: service('ingress'),
    port: port('INGRESS_PORT', 8080),
    healthPort: port('HEALTH_PORT', 8093),
  },
  { name: 'normalizer', main: service('normalizer'), ...onePort('NORMALIZER_PORT', 8091) },
  { name: 'pulsifi-sink', main: service('pulsifi-sink'), ...onePort('PULSIFI_SINK_PORT', 8092) },
  {
    name: 'console',
    main: service('console'),
    port: port('CONSOLE_PORT', 8090),
    healthPort: port('CONSOLE_HEALTH_PORT', 8094),
  },
]

/** Each port once. */
export const portSettings = ({ port, healthPort }: StackProcess): readonly PortSetting[] =>
  healthPort.variable === port.variable ? [port] : [port, healthPort]

/** Every process of `services/` that is installed: the console may be left out of a deployment. */
export const stackProcesses = (): readonly StackProcess[] =>
  SERVICES.filter(entry => entry.name !== 'console' || existsSync(fileURLToPath(entry.main)))

/** Undefined when there is no such process. */
export const stackProcess = (name: string): StackProcess | undefined =>
  [SANDBOX, ...SERVICES].find(entry => entry.name === name)
