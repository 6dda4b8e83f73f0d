import { UsageError } from './command-errors.js'
import type { OperatorCommand } from './operator-command.js'

type Commands = Readonly<Record<string, Pick<OperatorCommand, 'usage' | 'summary'>>>

/** What makes this shell complete the commands and their options. @throws UsageError for another shell */
export function completionScript(shell: string | undefined, commands: Commands): string {
  if (shell !== undefined && Object.hasOwn(scripts, shell)) return scripts[shell as keyof typeof scripts](commands)
  throw new UsageError('Usage: parley completion bash|zsh|fish')
}

/** The options that a usage names. */
const optionsIn = (usage: string): string[] => [...new Set(usage.match(/--[a-z-]+/g))].concat('--help')

/** What may follow these words: each first word once, or the second words of a group. */
const wordsAfter = (commands: Commands, first: string | null): string[] => {
  const split = Object.keys(commands).map((name) => name.split(' '))
  const words = split.flatMap(([one, two]) => (first === null ? one : one === first ? two : undefined) ?? [])
  return [...new Set(words)]
}

const firstWords = (commands: Commands): string[] => wordsAfter(commands, null)

/** Cases of `case`, by the words typed so far. */
function bashCases(commands: Commands): string[] {
  const groups = firstWords(commands).filter((word) => wordsAfter(commands, word).length > 0)
  const lines = (key: string, words: readonly string[]): string => `    "${key}") words="${words.join(' ')}" ;;`
  return [
    ...Object.entries(commands)
      .filter(([name]) => !groups.includes(name))
      .map(([name, { usage }]) => lines(name, optionsIn(usage))),
    ...groups.map((group) => {
      const own = commands[group]
      return lines(group, [...wordsAfter(commands, group), ...(own === undefined ? ['--help'] : optionsIn(own.usage))])
    }),
  ]
}

const bash = (commands: Commands): string => `_parley() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  local typed="\${COMP_WORDS[1]} \${COMP_WORDS[2]}"
  if [ "$COMP_CWORD" -eq 1 ]; then typed=""; elif [ "$COMP_CWORD" -eq 2 ]; then typed="\${COMP_WORDS[1]}"; fi
  case "$typed" in
    "") words="${[...firstWords(commands), '--help', '--version'].join(' ')}" ;;
${bashCases(commands).join('\n')}
    *) case "\${COMP_WORDS[1]}" in
${bashCases(commands)
  .filter((line) => !/^ {4}"\S+ /.test(line))
  .map((line) => `  ${line}`)
  .join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -F _parley parley`

const zsh = (commands: Commands): string => `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`

function fish(commands: Commands): string {
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const first = firstWords(commands).map((word) => {
    const about = quote(commands[word]?.summary ?? `${wordsAfter(commands, word).join(', ')} …`)
    return `complete -c parley -n __fish_use_subcommand -f -a ${word} -d ${about}`
  })
  const others = Object.entries(commands).flatMap(([name, { usage, summary }]) => {
    const [one = '', two] = name.split(' ')
    const isIn = [one, two].flatMap((word) => (word === undefined ? [] : `__fish_seen_subcommand_from ${word}`))
    const options = optionsIn(usage).map(
      (option) => `complete -c parley -n ${quote(isIn.join('; and '))} -l ${option.slice(2)}`,
    )
    const group = quote(`__fish_seen_subcommand_from ${one}`)
    const word = two === undefined ? [] : [`complete -c parley -n ${group} -f -a ${two} -d ${quote(summary)}`]
    return [...word, ...options]
  })
  return [...first, ...others].join('\n')
}

const scripts = { bash, zsh, fish } as const
