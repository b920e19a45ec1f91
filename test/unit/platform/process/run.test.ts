import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { ConfigError, port, secret } from '../../../../services/platform/process/config.ts'
import {
  createCloser,
  type Host,
  helpText,
  type Run,
  runProcess,
} from '../../../../services/platform/process/run.ts'

const Config = z
  .object({
    LOG_LEVEL: z.string().default('silent'),
    PORT: port(8080).describe('where to listen'),
    TOKEN: secret().optional(),
  })
  .describe('What it is for.')

/** Runs `main` on a machine of our own, and tells how it ended. */
async function run(main: (run: Run<z.output<typeof Config>>) => Promise<void>, change: Partial<Host> = {}) {
  const exited = Promise.withResolvers<number>()
  const listeners = new Map<string, (error: unknown) => void>()
  let text = ''
  const print = (more: string) => {
    text += more
  }
  await runProcess('trial', Config, main, {
    keepFilesPrivate: () => {},
    env: { LOG_LEVEL: 'silent' },
    args: [],
    on: (event, listener) => void listeners.set(event, listener),
    exit: exited.resolve,
    stdout: print,
    stderr: print,
    ...change,
  })
  return {
    text: () => text,
    exited: exited.promise,
    emit: (event: string) => listeners.get(event)?.(new Error(event)),
  }
}

describe('a process', () => {
  it('ends with one sentence and code 78 for configuration that cannot be used', async () => {
    const { text, exited } = await run(async () => {
      throw new ConfigError('set PORT to a free one')
    })
    expect([await exited, text()]).toEqual([78, 'trial: set PORT to a free one\n'])
  })

  it('shows no user and no password of a URL that a fault quotes', async () => {
    const { text, exited } = await run(async () => {
      throw new ConfigError('nothing answers at https://kim:hunter2@registry.example.com')
    })
    expect([await exited, text()]).toEqual([
      78,
      'trial: nothing answers at https://***@registry.example.com\n',
    ])
  })

  it('names every variable at fault', async () => {
    const { text, exited } = await run(async () => {}, { env: { PORT: 'x' } })
    expect(await exited).toBe(78)
    expect(text()).toMatch(/^trial: configuration cannot be used:\n {2}PORT: /)
  })

  it.each(['uncaughtException', 'unhandledRejection'])(
    'ends with code 1 on %s and closes nothing',
    async event => {
      const closed: string[] = []
      const { exited, emit } = await run(async ({ onClose }) =>
        onClose('part', () => void closed.push('part')),
      )
      emit(event)
      expect([await exited, closed]).toEqual([1, []])
    },
  )

  it('ends with code 1 when main throws', async () => {
    const { exited } = await run(async () => {
      throw new TypeError('bug')
    })
    expect(await exited).toBe(1)
  })

  it.each(['SIGTERM', 'SIGINT'])('closes last-opened first on %s and ends with code 0', async signal => {
    const closed: string[] = []
    const { exited, emit } = await run(async ({ onClose }) => {
      for (const name of ['first', 'second']) onClose(name, () => void closed.push(name))
    })
    emit(signal)
    expect([await exited, closed]).toEqual([0, ['second', 'first']])
  })

  it('ends at once on a second signal', async () => {
    const { exited, emit } = await run(async ({ onClose }) => onClose('stuck', () => new Promise(() => {})))
    emit('SIGTERM')
    emit('SIGTERM')
    expect(await exited).toBe(1)
  })

  it('prints every variable when asked for help, and runs nothing', async () => {
    const { text, exited } = await run(
      async () => {
        throw new Error('ran')
      },
      { args: ['--help'] },
    )
    expect(await exited).toBe(0)
    expect(text()).toBe(helpText('trial', Config))
  })
})

describe('what a process is started with', () => {
  it('is refused where it is an argument that it does not know, and nothing runs', async () => {
    const main = vi.fn()
    const { text, exited } = await run(main, { args: ['--prot', '1'] })
    expect(await exited).toBe(2)
    expect(text()).toBe('trial: "--prot" is not understood: variables configure it, --help shows them\n')
    expect(main).not.toHaveBeenCalled()
  })
})

describe('helpText', () => {
  it('tells what each variable means and what it is when unset', () => {
    const text = helpText('trial', Config)
    expect(text).toContain('What it is for.')
    expect(text).toContain('  PORT (default 8080)\n      where to listen\n')
    expect(text).toContain('  TOKEN\n')
  })
})

describe('closing', () => {
  it('goes on after a part that fails, and names it', async () => {
    const closed: string[] = []
    const closer = createCloser()
    closer.add('first', () => void closed.push('first'))
    closer.add('second', () => {
      throw new Error('broken')
    })
    expect(await closer.closeAll(1_000)).toEqual(['second'])
    expect(closed).toEqual(['first'])
  })

  it('names what it did not reach within the deadline', async () => {
    const closer = createCloser()
    closer.add('first', () => {})
    closer.add('second', () => new Promise(() => {}))
    closer.add('third', () => {})
    expect(await closer.closeAll(5)).toEqual(['first', 'second'])
  })
})

describe('the configuration of a running process', () => {
  const directory = mkdtempSync(join(tmpdir(), 'atsflow-run-'))
  const file = join(directory, 'token')
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  afterEach(() => void vi.useRealTimers())

  it('has the secret that its file holds by now, and the last good one while the file is faulty', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    writeFileSync(file, 'old')
    const started = Promise.withResolvers<Run<z.output<typeof Config>>>()
    const { emit, exited } = await run(async made => started.resolve(made), {
      env: { LOG_LEVEL: 'silent', TOKEN_FILE: file },
    })
    const { config, files } = await started.promise
    const seen: (string | undefined)[] = []
    files.onChange(() => void seen.push(config.TOKEN))
    for (const content of ['new', '', 'newer']) {
      writeFileSync(file, content)
      vi.advanceTimersByTime(5_000)
      seen.push(content === '' ? [...files.faults().values()].join() : '')
    }
    expect(seen).toEqual(['new', '', expect.stringContaining('TOKEN: '), 'newer', ''])
    expect(config.TOKEN).toBe('newer')
    vi.useRealTimers()
    emit('SIGTERM')
    await exited
  })

  it('does not get a secret that its process would have refused at the start, and says so', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    writeFileSync(file, 'long enough')
    const started = Promise.withResolvers<Run<z.output<typeof Config>>>()
    const length = ({ TOKEN = '' }: z.output<typeof Config>) => {
      if (TOKEN.length < 8) throw new ConfigError('TOKEN is too short')
      return TOKEN.length
    }
    const { emit, exited } = await run(
      async made => {
        expect(made.mustHold(length)).toBe(11)
        started.resolve(made)
      },
      { env: { LOG_LEVEL: 'silent', TOKEN_FILE: file } },
    )
    const { config, files } = await started.promise
    for (const [content, counts, fault] of [
      ['short', 'long enough', 'TOKEN is too short'],
      ['long again', 'long again', ''],
    ] as const) {
      writeFileSync(file, content)
      vi.advanceTimersByTime(5_000)
      expect([config.TOKEN, [...files.faults().values()].join()]).toEqual([counts, fault])
    }
    vi.useRealTimers()
    emit('SIGTERM')
    await exited
  })

  it('does not begin with what its process refuses', async () => {
    const { text, exited } = await run(async ({ mustHold }) => {
      mustHold(() => {
        throw new ConfigError('set another TOKEN')
      })
    })
    expect([await exited, text()]).toEqual([78, 'trial: set another TOKEN\n'])
  })
})
