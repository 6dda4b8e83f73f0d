import type { MarkdownIt } from 'markdown-it'

/** A text whose rendering would take more work than a message may. */
export class TooMuchMarkupError extends Error {
  override readonly name = 'TooMuchMarkupError'
}

/**
 * The work that one message's markup may make: one unit for each list, item, paragraph, emphasis, link … and for each sign in its text
 * that could begin or end such a thing. A page full of links or list items takes some 3,000.
 */
const MAX_WORK = 5_000
/** Lists and quotes within each other; each list counts twice, with its item. Deeper ones are dropped by the parser, so they are refused. */
const MAX_NESTING = 24

/** Signs that make the inline parser work, runs of the same one counted once, and what each costs. */
const COSTS = [
  { signs: /([*_~])\1*|`+|[\]<\\]/g, work: 1 },
  // for each of them the parser looks for the end of a link's text
  { signs: /\[/g, work: 8 },
  { signs: /(?:https?|mailto):|www\./gi, work: 4 },
]

const workIn = (text: string): number =>
  COSTS.reduce((sum, { signs, work }) => sum + work * (text.match(signs)?.length ?? 0), 0)

/** Makes a parser stop with `TooMuchMarkupError` where a text exceeds the bounds above, however long it would have gone on. */
export function limitRenderWork(markdown: MarkdownIt): void {
  const BlockState = markdown.block.State
  const InlineState = markdown.inline.State

  class BoundedBlockState extends BlockState {
    override push(...args: Parameters<InstanceType<typeof BlockState>['push']>) {
      if (this.level >= MAX_NESTING) throw new TooMuchMarkupError()
      spend(this.env, 1)
      return super.push(...args)
    }
  }
  class BoundedInlineState extends InlineState {
    constructor(...args: ConstructorParameters<typeof InlineState>) {
      super(...args)
      spend(this.env, workIn(this.src))
    }
    override push(...args: Parameters<InstanceType<typeof InlineState>['push']>) {
      spend(this.env, 1)
      return super.push(...args)
    }
  }
  markdown.block.State = BoundedBlockState
  markdown.inline.State = BoundedInlineState
}

const SPENT = Symbol('work of this rendering')

function spend(env: Record<string | symbol, unknown>, work: number): void {
  const spent = Number(env[SPENT] ?? 0) + work
  if (spent > MAX_WORK) throw new TooMuchMarkupError()
  env[SPENT] = spent
}
