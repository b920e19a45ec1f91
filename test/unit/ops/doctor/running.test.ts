import { expect, it } from 'vitest'
import { UsageError } from '../../../../services/ops/cli/exit.ts'
import { alertsUrl, processPlaces } from '../../../../services/ops/doctor/running.ts'

it('looks for processes on this machine, on the ports that are configured', () => {
  const places = processPlaces({ NORMALIZER_PORT: '9001' }, [])
  expect(places.map(({ name, origin, isNamed }) => [name, origin, isNamed])).toEqual([
    ['ingress', 'http://127.0.0.1:8093', false],
    ['normalizer', 'http://127.0.0.1:9001', false],
    ['pulsifi-sink', 'http://127.0.0.1:8092', false],
    ['console', 'http://127.0.0.1:8094', false],
  ])
})

it('looks where CONSOLE_SCRAPE says, and rather where the command line does', () => {
  const env = { CONSOLE_SCRAPE: 'ingress=http://ingress:8093/metrics, sink=http://sink:8092/metrics' }
  expect(processPlaces(env, [])).toEqual([
    { name: 'ingress', origin: 'http://ingress:8093', isNamed: true },
    { name: 'sink', origin: 'http://sink:8092', isNamed: true },
  ])
  expect(processPlaces(env, ['one=https://one.example.com/'])).toEqual([
    { name: 'one', origin: 'https://one.example.com', isNamed: true },
  ])
})

it('says of CONSOLE_SCRAPE what the console says of it', () => {
  expect(() => processPlaces({ CONSOLE_SCRAPE: 'nonsense' }, [])).toThrow(/CONSOLE_SCRAPE: expected name=url/)
})

it.each(['ingress', '=http://one', 'one=', 'one=one:80', 'one=file:///etc'])('refuses %s', entry => {
  expect(() => processPlaces({}, [entry])).toThrow(UsageError)
})

it('asks Prometheus below its base address', () => {
  expect(alertsUrl('http://127.0.0.1:9090/').href).toBe('http://127.0.0.1:9090/api/v1/rules?type=alert')
  expect(alertsUrl('https://a.example.com/prometheus').pathname).toBe('/prometheus/api/v1/rules')
  for (const wrong of ['prometheus:9090', 'nonsense', '']) expect(() => alertsUrl(wrong)).toThrow(UsageError)
})
