import { describe, expect, it } from 'vitest'
import { misspelt, namesShown } from '../../../../services/platform/process/config-rules.ts'

const KNOWN = ['INGRESS_PORT', 'KAFKA_BROKERS', 'CONSOLE_PORT', 'PULSIFI_CLIENT_SECRET', 'INFRA']
const said = (...names: string[]) => misspelt(Object.fromEntries(names.map(name => [name, 'value'])), KNOWN)

describe('a variable that nobody reads', () => {
  it.each([
    ['INGRESS_PROT', 'INGRESS_PORT'],
    ['KAFKA_BROKER', 'KAFKA_BROKERS'],
    ['PULSIFI_CLIENT_SECRETS', 'PULSIFI_CLIENT_SECRET'],
    ['CONSOLEPORT', 'CONSOLE_PORT'],
    ['CONSOLE_PART', 'CONSOLE_PORT'],
    ['ICONSOLE_PORT', 'CONSOLE_PORT'],
    ['CONSOLE__PORT', 'CONSOLE_PORT'],
  ])('%s is told with what was meant', (name, meant) => {
    expect(said(name)).toEqual([`${name} is set, and nothing reads it: did you mean ${meant}?`])
  })

  it('is told as a file where it names one', () => {
    expect(said('PULSIFI_CLIENT_SECERT_FILE')).toEqual([
      'PULSIFI_CLIENT_SECERT_FILE is set, and nothing reads it: did you mean PULSIFI_CLIENT_SECRET_FILE?',
    ])
  })

  it('is somebody else’s when it is like none of ours, or as short as many are', () => {
    expect(
      said(
        'HOSTNAME',
        'KUBERNETES_PORT',
        'INFRO',
        'INGRESS_PROTO',
        'CONSOLE_HOST',
        'RPOT_INGRESS',
        'NODE_OPTIONS',
      ),
    ).toEqual([])
  })
})

it('says nothing of what is read, by value or by file, and of what is empty', () => {
  expect(said(...KNOWN, 'PULSIFI_CLIENT_SECRET_FILE')).toEqual([])
  expect(misspelt({ INGRESS_PROT: '', KAFKA_BROKER: undefined }, KNOWN)).toEqual([])
})

it('knows the variables that a file shows, commented out or not', () => {
  expect(namesShown('# about A_B=1\n# ONE_NAME=\nTWO_NAME=2\n#THREE=3\n')).toEqual([
    'ONE_NAME',
    'TWO_NAME',
    'THREE',
  ])
})
