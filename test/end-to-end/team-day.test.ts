import { expect } from 'chai'
import { rebuild } from '../support/rebuild.js'
import { away } from './team-day/away.js'
import { evening } from './team-day/evening.js'
import { checkClients, checkFinalState } from './team-day/final-state.js'
import { morning, type Chats } from './team-day/morning.js'
import { talk, type Talk } from './team-day/talk.js'
import { gatherTeam, type Team } from './team-day/team.js'

describe('a day of a team of forty, on two nodes', () => {
  let team: Team
  let chats: Chats
  let said: Talk

  before(async () => {
    team = await gatherTeam()
    chats = await morning(team)
    said = await talk(team, chats)
    await away(team, chats, said)
    await evening(team, chats, said)
  })
  after(() => team[Symbol.asyncDispose]())

  it('ends with everything that was done, visible to each user by the rules', () => checkFinalState(team, chats, said))

  it('leaves each client, which reconnected to the other node, with what REST returns', async () => {
    const opened = team.online.flatMap(({ client }) => client.chatIds().filter((chatId) => client.shows(chatId)))
    expect(opened.length).to.be.greaterThan(20)
    await checkClients(team)
  })

  it('is the same after all projections were rebuilt from the log', async () => {
    await team.stopSecondNode()
    const { parley } = team
    const { log, databases, projections } = parley.app.core
    for (const projection of Object.values(projections)) await rebuild({ pool: databases.main, log }, projection)
    await parley.restart(() => Promise.resolve())
    await team.settled()
    await checkFinalState(team, chats, said)
  })
}).timeout(240_000)
