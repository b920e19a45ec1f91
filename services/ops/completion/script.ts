/** What a shell needs to complete commands and options: made from the commands themselves. Pure. */
import type { Command } from 'commander'

/** For bash, and for zsh after `bashcompinit`. @param name of the program, as it is called */
export function completionScript(program: Command, name: string): string {
  const cases = [...placesOf(program, [])]
    .sort(([one], [other]) => other.length - one.length)
    .map(([path, words]) => `    ${patternOf(path)}) words='${words.join(' ')}' ;;`)
  return `# bash: source <(${name} completion)
# zsh:  autoload -U bashcompinit && bashcompinit && source <(${name} completion)
_${name}() {
  local at='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) at="$at $word" ;; esac
  done
  case "\${at# }" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _${name} ${name}
`
}

/** Every command by its path, with what may follow. */
function* placesOf(
  command: Command,
  path: readonly string[],
): Generator<[readonly string[], readonly string[]]> {
  const options = command.options.flatMap(({ long }) => long ?? [])
  yield [path, [...command.commands.map(each => each.name()), ...options, '--help']]
  for (const each of command.commands) yield* placesOf(each, [...path, each.name()])
}

/** With whatever arguments follow it. */
const patternOf = (path: readonly string[]): string =>
  path.length === 0 ? '*' : `'${path.join(' ')}'|'${path.join(' ')} '*`
