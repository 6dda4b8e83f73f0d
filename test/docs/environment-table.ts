import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { settings } from '../../src/app/settings/settings.js'

export const operationsPage = fileURLToPath(new URL('../../../docs/operations.md', import.meta.url))

const BEGIN = '<!-- environment: made by scripts/environment-table.js -->'
const END = '<!-- end of environment -->'

/** docs/operations.md with the table of environment variables as the settings have it. */
export async function formattedOperationsPage(): Promise<string> {
  const page = readFileSync(operationsPage, 'utf8')
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin === -1 || end < begin) throw new Error(`docs/operations.md must hold ${BEGIN} and ${END}`)
  const whole = `${page.slice(0, begin)}${BEGIN}\n\n${environmentTable()}\n\n${page.slice(end)}`
  return format(whole, { ...(await resolveConfig(operationsPage)), filepath: operationsPage })
}

export const exampleFile = fileURLToPath(new URL('../../../.env.example', import.meta.url))

/** .env.example: every setting with its meaning and its default, none of them set. */
export function environmentExample(): string {
  const entries = Object.values(settings).map(({ variable, defaultText, meaning }) => {
    const value = /^`(.*)`$/.exec(defaultText)?.[1]
    const byDefault = value === undefined ? `Default: ${defaultText}.\n` : ''
    const text = `${withoutLinks(meaning)}. ${byDefault}`.trimEnd()
    return `${text.replace(/^/gm, '# ')}\n# ${variable}=${value ?? ''}\n`
  })
  return [EXAMPLE_HEAD, ...entries].join('\n')
}

const EXAMPLE_HEAD = `# Every setting of Parley; docs/operations.md explains them. Made by scripts/environment-table.js.
# Copy this file, remove the "# " before what you set, and give it to Parley: "set -a; . ./.env; set +a; npm start", or EnvironmentFile= of systemd.
# A NAME may be given as NAME_FILE instead, the path of a file that holds the value.
`

const withoutLinks = (markdown: string): string => markdown.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('`', '')

function environmentTable(): string {
  const rows = Object.values(settings).map(
    ({ variable, defaultText, meaning }) => `| \`${variable}\` | ${defaultText} | ${meaning.replaceAll('|', '\\|')} |`,
  )
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}
