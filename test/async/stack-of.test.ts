import { expect } from 'chai'
import { describeError, stackOf } from '../../src/async/stack-of.js'

const thrownBy = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

describe('an error in the log', () => {
  it('has its message where Parley threw it', () => {
    expect(stackOf(new Error('the key is missing'))).to.match(/^Error: the key is missing\n +at /)
  })

  it('has no message of Node or of a library, which may repeat what it was given', () => {
    const parsing = stackOf(thrownBy(() => JSON.parse('{"secret of Ada')))
    expect(parsing)
      .to.match(/^SyntaxError\n +at JSON.parse/)
      .and.not.include('secret')
    const url = stackOf(thrownBy(() => new URL('secret of Ada')))
    expect(url)
      .to.match(/^TypeError: ERR_INVALID_URL\n/)
      .and.not.include('secret')
  })

  it('has the causes in the same way, and no line of a message that looks like a frame', () => {
    const cause = thrownBy(() => JSON.parse('secret of Ada\n    at home'))
    const text = stackOf(new Error('reading failed', { cause }))
    expect(text).to.match(/^Error: reading failed\n[^]*\n {2}caused by SyntaxError\n +at JSON.parse/)
    expect(text).to.not.include('Ada').and.not.include('at home')
  })

  it('is one line where there is no room for more, with the same rule', () => {
    expect(describeError(new Error('the key is missing'))).to.equal('Error: the key is missing')
    expect(describeError(thrownBy(() => JSON.parse('secret of Ada')))).to.equal('SyntaxError')
  })

  it('is the type alone for what is no error', () => {
    expect(stackOf('secret of Ada')).to.equal('a thrown string')
  })
})
