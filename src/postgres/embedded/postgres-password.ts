import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'

/** The password in a file that only its owner reads; made when there is none. */
export async function readOrMakePassword(file: string): Promise<string> {
  const known = await readFile(file, 'utf8').catch(onlyMissing)
  if (known !== undefined) return known.trim()
  const password = randomBytes(24).toString('base64url')
  // Under its name only when it is whole: a crash in between must not leave half a password.
  await writeFile(`${file}.new`, password, { mode: 0o600 })
  await rename(`${file}.new`, file)
  return password
}

function onlyMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
