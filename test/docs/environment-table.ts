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

function environmentTable(): string {
  const rows = Object.values(settings).map(
    ({ variable, defaultText, meaning }) => `| \`${variable}\` | ${defaultText} | ${meaning.replaceAll('|', '\\|')} |`,
  )
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}
