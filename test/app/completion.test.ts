import { execFileSync, spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { completionFor } from '../../src/cli/command-table.js'
import { UsageError } from '../../src/cli/command-errors.js'

/** What bash offers after these words; the last one is unfinished. */
function complete(...words: string[]): string[] {
  const script = `${completionFor('bash')}
    COMP_WORDS=(parley ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
    _parley; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean)
}

describe('completion in the shell', () => {
  const cases: [words: string[], offered: string[]][] = [
    [['au'], ['audit']],
    [
      ['audit', ''],
      ['verify', 'export', '--help'],
    ],
    [['audit', 'ver'], ['verify']],
    [
      ['audit', 'verify', '--'],
      ['--file', '--key', '--json', '--help'],
    ],
    [['import', '--s'], ['--source']],
    [['import', 'README.m'], ['README.md']],
    [['doctor', 'un'], ['unread']],
    [['doctor', '--j'], ['--json']],
    [['projections', 'skip', 'conversations', '--re'], ['--reason']],
    [['--ver'], ['--version']],
  ]
  for (const [words, offered] of cases)
    it(`after "parley ${words.join(' ')}"`, () => expect(complete(...words)).to.deep.equal(offered))

  it('names every option of every command for fish', () => {
    const script = completionFor('fish')
    for (const line of [
      `complete -c parley -n __fish_use_subcommand -f -a import -d 'import an NDJSON archive; FILE may be - with --source'`,
      `complete -c parley -n '__fish_seen_subcommand_from audit; and __fish_seen_subcommand_from verify' -l key`,
    ])
      expect(script.split('\n')).to.include(line)
  })

  it('zsh takes that of bash', () => {
    expect(completionFor('zsh')).to.equal(`autoload -U +X bashcompinit && bashcompinit\n${completionFor('bash')}`)
    const { error, status } = spawnSync('bash', ['-n'], { input: completionFor('bash') })
    expect([error, status]).to.deep.equal([undefined, 0])
  })

  it('there is none for other shells', () => expect(() => completionFor('tcsh')).to.throw(UsageError))
})
