import { expect } from 'chai'
import { normaliseEmoji } from '../../../src/domain/chat/emoji.js'
import { mentionsIn } from '../../../src/domain/chat/mentions.js'
import { uuid } from '../../support/uuid.js'

describe('an emoji', () => {
  it('is one of those that Unicode recommends for interchange', () => {
    for (const emoji of ['👍', '👍🏽', '👨‍👩‍👧', '🇩🇪', '1️⃣', '❤️']) expect(normaliseEmoji(emoji)).to.equal(emoji)
  })

  it('is shown as an emoji where it could also be text: both are the same', () => {
    expect(normaliseEmoji('❤')).to.equal('❤️')
  })

  it('is nothing else', () => {
    for (const text of ['', 'a', '1', '#', '👍👍', '👍 ', ':+1:', '\ufe0f', '🇩', 'é'])
      expect(normaliseEmoji(text), text).to.equal(null)
  })
})

describe('mentions', () => {
  const [ada, bob] = [uuid('ada'), uuid('bob')]

  it('are told once each, in lower case, in the order of naming', () => {
    expect(mentionsIn(`<@${bob.toUpperCase()}> <@${ada}>, <@${bob}>`)).to.deep.equal([bob, ada])
  })

  it('are of people, not of all, and not what only looks alike', () => {
    expect(mentionsIn(`<@all> <@${ada.slice(1)}> @${ada} <${ada}> <@ ${ada}>`)).to.deep.equal([])
  })

  it('are at most a hundred', () => {
    const content = Array.from({ length: 150 }, (_, index) => `<@${uuid(String(index))}>`).join('')
    expect(mentionsIn(content)).to.have.length(100)
  })
})
