import { expect } from 'chai'
import { normaliseEmoji } from '../../../src/domain/chat/emoji.js'
import { findMentions, mentionsOf } from '../../../src/domain/chat/mentions.js'
import { uuid } from '../../support/uuid.js'

const VARIATION = '\ufe0f'
const mentionsIn = (content: string): readonly string[] => findMentions(content, () => true).mentions

describe('an emoji', () => {
  it('is one that Unicode recommends for interchange', () => {
    for (const emoji of ['👍', '👍🏽', '👨‍👩‍👧', '🇩🇪', '1️⃣', '❤️']) expect(normaliseEmoji(emoji)).to.equal(emoji)
  })

  it('is the same in emoji and unqualified form', () => {
    expect(normaliseEmoji('❤')).to.equal('❤️')
  })

  it('is no other character', () => {
    for (const text of ['', 'a', '1', '#', '👍👍', '👍 ', ':+1:', '\ufe0f', '🇩', 'é'])
      expect(normaliseEmoji(text), text).to.equal(null)
  })

  it('is stored fully qualified, with or without variation selectors in the input', () => {
    const qualified = [
      '👍',
      '☝️',
      '☝🏻',
      '🏳️‍🌈',
      '🏴‍☠️',
      '🕵️‍♂️',
      '🕵🏻‍♂️',
      '👁️‍🗨️',
      '❤️‍🔥',
      '👩‍❤️‍💋‍👨',
      '⛹🏽‍♀️',
      '#️⃣',
      '©️',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    ]
    for (const emoji of qualified) {
      const bare = emoji.replaceAll(VARIATION, '')
      for (const form of [emoji, bare, bare + VARIATION, emoji + VARIATION, emoji.replace(VARIATION, '')])
        expect(normaliseEmoji(form), JSON.stringify(form)).to.equal(emoji)
    }
  })

  it('of a single character has one form', () => {
    const emoji = new RegExp('^\\p{RGI_Emoji}$', 'v')
    const known = Array.from({ length: 0x1ffff }, (_, code) => [
      String.fromCodePoint(code),
      String.fromCodePoint(code) + VARIATION,
    ])
      .flat()
      .filter((text) => emoji.test(text) && !/^\p{Emoji_Component}$/u.test(text))
    expect(known).to.have.length.above(1_000)
    for (const text of known) expect(normaliseEmoji(text.replaceAll(VARIATION, ''))).to.equal(text)
  })

  it('is not valid in text presentation, nor a skin tone or hair style alone', () => {
    for (const text of ['❤\ufe0e', '👍\ufe0e', '🏻', '🏿', '🦰', '\u200d'])
      expect(normaliseEmoji(text), text).to.equal(null)
  })
})

describe('mentions', () => {
  const [ada, bob] = [uuid('ada'), uuid('bob')]

  it('are recorded once each, in lower case, in the order of the text', () => {
    expect(mentionsIn(`<@${bob.toUpperCase()}> <@${ada}>, <@${bob}>`)).to.deep.equal([bob, ada])
  })

  it('are of users, not of lookalikes', () => {
    expect(mentionsIn(`<@all> <@${ada.slice(1)}> @${ada} <${ada}> <@ ${ada}>`)).to.deep.equal([])
  })

  it('are at most a hundred', () => {
    const content = Array.from({ length: 150 }, (_, index) => `<@${uuid(String(index))}>`).join('')
    expect(mentionsIn(content)).to.have.length(100)
  })

  it('are of participants only, who alone count for the limit', () => {
    const strangers = Array.from({ length: 150 }, (_, index) => `<@${uuid(String(index))}>`).join('')
    const { mentions } = findMentions(`${strangers}<@${ada}>`, (userId) => userId === ada)
    expect(mentions).to.deep.equal([ada])
  })

  it('of everyone are a separate field', () => {
    expect(findMentions(`<@all> <@${ada}>`, () => true)).to.deep.equal({ mentions: [ada], mentionsAll: true })
    expect(findMentions('@all', () => true).mentionsAll).to.equal(false)
  })

  const tag = `<@${ada}>`
  const nobody = {
    'in a code span': `a \`${tag}\` b`,
    'in a code span of several backticks': `\`\`a \` ${tag}\`\``,
    'in a code span over a line end': `\`a\n${tag}\``,
    'in a fenced block': `\`\`\`ts\n${tag}\n\`\`\``,
    'in a block fenced with tildes': `~~~\n\`\`\`\n${tag}\n~~~`,
    'in a block that is never closed': `\`\`\`\n${tag}\n\n${tag}`,
    'in a block within a quote': `> \`\`\`\n> ${tag}\n> \`\`\``,
    'in a block within a list': `- \`\`\`\n  ${tag}\n  \`\`\``,
    'after a backslash': `\\${tag}`,
    'after three backslashes': `\\\\\\${tag}`,
  }
  for (const [where, content] of Object.entries(nobody)) {
    it(`are ignored ${where}`, () => {
      expect(mentionsIn(content)).to.deep.equal([])
      expect(findMentions(content.replaceAll(tag, '<@all>'), () => true).mentionsAll).to.equal(false)
    })
  }

  const someone = {
    'after an escaped backslash': `\\\\${tag}`,
    'after a backtick that nothing closes': `\` ${tag}`,
    'between backticks of different number': `\` ${tag} \`\``,
    'after an escaped backtick': `\\\`${tag}\``,
    'after a code span': `\`a\` ${tag} \`b\``,
    'after a fenced block': `\`\`\`\na\n\`\`\`\n${tag}`,
    'in the next paragraph': `\`a\n\n${tag}\``,
    'in the next list item': `- \`a\n- ${tag}\``,
    'in a quote': `> ${tag}`,
    'after four spaces, which are no code here': `    ${tag}`,
  }
  for (const [where, content] of Object.entries(someone)) {
    it(`count ${where}`, () => {
      expect(mentionsIn(content)).to.deep.equal([ada])
    })
  }

  it('are those of the event; of an old event without them, those in its text; of an erased one, none', () => {
    expect(mentionsOf({ content: tag, mentions: [bob], mentionsAll: false }).mentions).to.deep.equal([bob])
    expect(mentionsOf({ content: tag, mentions: null, mentionsAll: null }).mentions).to.deep.equal([ada])
    expect(mentionsOf({ content: null, mentions: null, mentionsAll: null })).to.deep.equal({
      mentions: [],
      mentionsAll: false,
    })
  })

  it('are found in time linear in the length of the text', () => {
    for (const hostile of [
      '`'.repeat(10_000),
      '` '.repeat(5_000),
      '\\`'.repeat(5_000),
      '``` '.repeat(2_500),
      '> '.repeat(5_000),
      ' \n'.repeat(5_000),
      '<@'.repeat(5_000),
      '\\'.repeat(10_000),
    ])
      expect(mentionsIn(`${hostile}\n\n${tag}`).length).to.be.at.most(1)
  })
})
