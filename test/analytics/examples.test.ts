import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import ts from 'typescript'
import { newProjection } from '../../src/analytics/new-projection.js'

const FOLDER = 'examples/projections'

/** As an editor with strict settings would show them. */
function findTypeErrors(files: string[]): string[] {
  const program = ts.createProgram(files, {
    noEmit: true,
    allowJs: true,
    checkJs: true,
    strict: true,
    noImplicitAny: false,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: ['node'],
  })
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}

describe("the examples of analysts' projections", () => {
  it('pass their own tests', async () => {
    const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.test.mjs'))
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--test',
      ...files.map((file) => join(FOLDER, file)),
    ])
    expect(stdout).to.match(/^\S+ pass 5$/m)
  })

  it('and a new projection agree with the types of parley/projections', async () => {
    const folder = await mkdtemp(join(FOLDER, '.new-'))
    try {
      const made = await newProjection(folder, 'counts')
      const examples = (await readdir(FOLDER)).filter((file) => file.endsWith('.mjs')).map((file) => join(FOLDER, file))
      const wrong = join(folder, 'wrong.mjs')
      await writeFile(wrong, (await readFile(made[0]!, 'utf8')).replace('{ chatId, at }', '{ chatId, when: at }'))
      const errors = findTypeErrors([...examples, ...made, wrong])
      expect(errors).to.have.length(1)
      expect(errors[0]).to.match(/Property 'when' does not exist/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
