import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { localVersions } from '../../../infra/local/artifacts.ts'
import { stackProcesses } from '../../../infra/stack-processes.ts'

interface Service {
  readonly image?: string
  readonly command?: readonly string[]
  readonly depends_on?: Readonly<Record<string, unknown>>
  readonly volumes?: readonly string[]
  readonly profiles?: readonly string[]
}

const file = (path: string) => new URL(`../../../${path}`, import.meta.url)
const compose: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(
  readFileSync(file('infra/compose.yaml'), 'utf8'),
  { merge: true },
)
const services = Object.entries(compose.services)

describe('infra/compose.yaml', () => {
  it.each(services.filter(([, { command, profiles }]) => command !== undefined && profiles === undefined))(
    'starts %s with a program that is there',
    (_, { command }) => {
      expect(command?.every(path => existsSync(file(path)))).toBe(true)
    },
  )

  it('runs every process of the stack', () => {
    for (const { name } of stackProcesses()) expect(compose.services).toHaveProperty(name)
  })

  it.each(services)('gives %s only volumes and services that are declared', (_, service) => {
    for (const volume of service.volumes ?? [])
      expect(compose.volumes).toHaveProperty(volume.split(':')[0] ?? '')
    for (const name of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(name)
  })

  it('runs the versions of broker and registry that the tests ran against', () => {
    const { kafka, apicurio } = localVersions()
    expect(compose.services.kafka?.image).toBe(`apache/kafka:${kafka}`)
    expect(compose.services.registry?.image).toBe(`apicurio/apicurio-registry:${apicurio}`)
  })
})

describe('infra/Dockerfile', () => {
  const lines = readFileSync(file('infra/Dockerfile'), 'utf8').split('\n')

  it('does not run as root', () => {
    expect(lines).toContain('USER node')
  })

  it('copies only what is there', () => {
    const copied = lines
      .filter(line => line.startsWith('COPY '))
      .flatMap(line => line.split(' ').slice(1, -1))
    expect(copied.length).toBeGreaterThan(3)
    for (const path of copied) expect(existsSync(file(path))).toBe(true)
  })
})
