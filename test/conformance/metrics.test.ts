/** Metrics keep Prometheus' conventions: https://prometheus.io/docs/practices/naming */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { everyMetric } from '../support/every-metric.ts'

const metrics = everyMetric()
const ours = metrics.filter(({ name }) => name.startsWith('atsflow_'))
const namesOf = (faulty: typeof metrics) => faulty.map(({ name }) => name)

/** Base units are seconds and bytes; a name says them in full. */
const OTHER_UNIT =
  /_(ms|millis|milliseconds|us|ns|s|sec|secs|minutes|hours|days|kb|mb|kib|mib|kilobytes|megabytes|percent)(_|$)/

describe.each([
  ['every metric', metrics],
  ['every metric of ours', ours],
])('%s', (_, some) => {
  it('is there', () => {
    expect(some.length).toBeGreaterThan(30)
  })

  it('ends with _total exactly when it counts', () => {
    expect(
      namesOf(some.filter(({ name, type }) => name.endsWith('_total') !== (type === 'counter'))),
    ).toEqual([])
  })

  it('ends like no part of a histogram, and names neither its type nor its labels', () => {
    const wrong = some.filter(
      ({ name, labels }) =>
        /_(count|sum|bucket|gauge|counter|histogram|summary)$/.test(name) ||
        labels.some(label => name.endsWith(`_by_${label}`)),
    )
    expect(namesOf(wrong)).toEqual([])
  })

  it('is measured in base units', () => {
    expect(namesOf(some.filter(({ name }) => OTHER_UNIT.test(name)))).toEqual([])
  })

  it('has a help text, and a name that Prometheus reads', () => {
    const wrong = some.filter(
      ({ name, help }) => help.trim() === '' || !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name),
    )
    expect(namesOf(wrong)).toEqual([])
  })
})

describe('a metric of ours', () => {
  it('says its unit where it is a histogram or an age', () => {
    const wrong = ours.filter(
      ({ name, type }) => (type === 'histogram' || /_age(_|$)/.test(name)) && !/_(seconds|bytes)$/.test(name),
    )
    expect(namesOf(wrong)).toEqual([])
  })

  it('is information exactly when it ends with _info', () => {
    expect(namesOf(ours.filter(({ name }) => /info/.test(name)))).toEqual(['atsflow_build_info'])
  })

  it('has labels of few values alone: nothing that names a person, an application or an event', () => {
    const FEW =
      /^(source|tenant|outcome|reason|topic|partition|operation|status|stage|trigger|cause|urgency|group|service|version|git_sha|node)$/
    expect(
      ours.flatMap(({ name, labels }) => labels.filter(label => !FEW.test(label)).map(it => [name, it])),
    ).toEqual([])
  })
})

it('every metric that the README names is there, with the labels that it shows', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const named = [...readme.matchAll(/\b(atsflow_[a-z_]+[a-z])(?:\{([a-z_,]+)\})?/g)]
  expect(named.length).toBeGreaterThan(15)
  const strange = named.filter(([, name, labels = '']) => {
    const metric = ours.find(each => each.name === name)
    return labels.split(',').some(label => label !== '' && metric?.labels.includes(label) !== true) || !metric
  })
  expect(strange.map(([text]) => text)).toEqual([])
})
