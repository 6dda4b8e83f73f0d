import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What the shipped checker prints about an export or a receipt; it uses nothing of Parley. */
export async function checkIndependently(content: string, publicKey: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-checker-'))
  const [file, key] = [join(folder, 'file'), join(folder, 'key.pem')]
  try {
    await writeFile(file, content)
    await writeFile(key, publicKey)
    return await run('python3', ['tools/verify_audit.py', file, key]).then(
      ({ stdout }) => stdout.trim(),
      (error: unknown) => (error as { stdout: string }).stdout.trim(),
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}
