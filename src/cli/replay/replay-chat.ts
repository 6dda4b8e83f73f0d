import { parseArgs } from 'node:util'
import { createAppReplay } from '../../app/app-replay.js'
import type { Moment } from '../../replay/moment.js'
import type { Replay, ReplayedChat } from '../../replay/replay.js'
import { UsageError } from '../command-errors.js'
import type { OperatorCommand } from '../operator-command.js'
import { print } from '../output.js'
import { withFoundations } from '../with-core.js'
import { unwrapReplayed } from './explain-refusal.js'
import { momentOptions, readMoment, readTime } from './moment-options.js'

const USAGE = 'replay chat ID [--at TIME | --version N | --position P | --diff TIME TIME] [--json] [--reason TEXT]'

const PAGE = 200

/** Also beside a running server. */
export const replayChat: OperatorCommand = {
  usage: USAGE,
  summary: 'show a chat as it was: participants, pins, messages',
  parse(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...momentOptions,
        version: { type: 'string' },
        diff: { type: 'string' },
        json: { type: 'boolean', default: false },
        reason: { type: 'string' },
      },
    })
    const [id, later, ...more] = positionals
    if (id === undefined || more.length > 0 || (values.diff === undefined) !== (later === undefined))
      throw new UsageError(`Usage: parley ${USAGE}`)
    const given = readMoment(values)
    if (values.diff !== undefined && later !== undefined) {
      if (given !== null) throw new UsageError(`Usage: parley ${USAGE}`)
      const between = { before: { at: readTime(values.diff) }, after: { at: readTime(later) } }
      return (config) => withFoundations(config, (foundations) => printDiff(createAppReplay(foundations), id, between))
    }
    return (config) =>
      withFoundations(config, async (foundations) => {
        const moment = given ?? { position: await foundations.log.head() }
        for await (const page of pagesOf(createAppReplay(foundations), id.toLowerCase(), moment))
          print(values.json ? JSON.stringify(page) : report(page))
        return 0
      })
  },
}

/** A line of JSON for each difference. */
async function printDiff(replay: Replay, id: string, between: { before: Moment; after: Moment }): Promise<number> {
  unwrapReplayed(await replay.diff(id.toLowerCase(), between, (difference) => print(JSON.stringify(difference))))
  return 0
}

/** From the first message on. Each participant and pin is on one page only. */
async function* pagesOf(replay: Replay, chatId: string, moment: Moment): AsyncGenerator<ReplayedChat> {
  const wanted = { after: 0, participantsAfter: null as string | null }
  for (let isFirst = true, hasParticipants = true; ; isFirst = false) {
    const { after, participantsAfter } = wanted
    const page = unwrapReplayed(
      await replay.chat(chatId, moment, { messages: { after }, limit: PAGE, participantsAfter }),
    )
    const { participants, pins, messages, newer, moreParticipants } = page
    yield { ...page, participants: hasParticipants ? participants : [], pins: isFirst ? pins : [] }
    hasParticipants &&= moreParticipants !== null
    if (!newer && !hasParticipants) return
    wanted.after = messages.at(-1)?.seq ?? after
    wanted.participantsAfter = moreParticipants ?? participantsAfter
  }
}

function report({ chat, version, recordedAt, participants, pins, messages }: ReplayedChat): string {
  return [
    `${chat.name ?? 'A chat without a name'}, version ${version}, ${recordedAt}`,
    ...participants.map(({ id, name, role, joinedAt }) => `  ${role} ${name ?? 'erased'} (${id}), since ${joinedAt}`),
    ...pins.map(({ seq, pinnedBy }) => `  pinned: ${seq}, by ${pinnedBy.name ?? 'erased'} (${pinnedBy.id})`),
    ...messages.map(lineOf),
  ].join('\n')
}

const lineOf = ({
  seq,
  createdAt,
  sender,
  content,
  editedAt,
  deletedAt,
  reactions,
}: ReplayedChat['messages'][number]) => {
  const text = content ?? (deletedAt === null ? '(erased)' : '(deleted)')
  const marks = [...(editedAt === null ? [] : ['edited']), ...reactions.map(({ emoji, count }) => `${emoji} ${count}`)]
  const end = marks.length === 0 ? '' : ` [${marks.join(', ')}]`
  return `${seq} ${createdAt} ${sender.name ?? 'erased'} (${sender.id}): ${text.replaceAll('\n', '\n    ')}${end}`
}
