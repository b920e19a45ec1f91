/** Which commands the operator's command line has. */
import { createProgram } from '../../services/ops/run-ops.ts'

const program = createProgram(
  {
    ...{
      args: [],
      env: {},
      nowMs: Date.now,
      operator: 'test',
      machine: 'here',
      isInteractive: false,
      ask: null,
    },
    ...{ stdout: () => {}, stderr: () => {}, onSignal: () => {} },
  },
  { run: async () => {}, runAlone: async () => {} },
)

/** @param verb empty: of the group alone */
export function isCommand(group: string, verb: string): boolean {
  const command = program.commands.find(each => each.name() === group)
  if (command === undefined) return false
  const verbs = command.commands.map(each => each.name())
  return verbs.length === 0 || verb === '' || verbs.includes(verb)
}

/** Commands that a text gives, as `[group, verb]`. */
export const saidCommands = (text: string): readonly (readonly [string, string])[] =>
  [...text.matchAll(/npm run ops -- ([a-z-]+)(?: ([a-z-]+))?/g)].map(
    ([, group = '', verb = '']) => [group, verb] as const,
  )
