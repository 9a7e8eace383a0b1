// A Bluesky network of its own: PLC directory, PDS and AppView from npm, with accounts, follows, blocks, posts and accounts
// that are gone. Writes what it holds to the file given as the first argument, then serves until it is told to stop.
//
//   node network.mjs truth.json      needs DB_POSTGRES_URL and REDIS_HOST; modules are found from the current folder
import { writeFileSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(process.cwd() + '/')
const { TestNetwork } = await import(pathToFileURL(require.resolve('@atproto/dev-env')))

const crowdSize = Number(process.env.CROWD ?? 230) // followers of the star: three pages of a hundred
const network = await TestNetwork.create({ pds: {}, bsky: { dbPostgresSchema: 'overtake' }, plc: {}, dbPostgresSchema: 'overtake' })
const sc = network.getSeedClient()

const join = (name) => sc.createAccount(name, { handle: `${name}.test`, email: `${name}@example.org`, password: 'not-a-secret' })

// eight at once: the servers share one processor with us
const each = async (items, work) => {
  const rest = [...items]
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item)
  }))
}

const tracked = ['star', 'second', 'third', 'blocker', 'leaver', 'banned']
for (const name of tracked) await join(name)
const crowd = Array.from({ length: crowdSize }, (_, i) => `fan${i}`)
await each(crowd, join)
const did = (name) => sc.dids[name]
// One after the other: the AppView pages by time, and may leave out one of two follows of the same millisecond.
for (const fan of crowd) await sc.follow(did(fan), did('star'))
for (const fan of crowd.slice(0, 120)) await sc.follow(did(fan), did('second'))
for (const fan of crowd.slice(60, 90)) await sc.follow(did(fan), did('third'))
await sc.follow(did('star'), did('second'))
await sc.follow(did('fan0'), did('leaver'))
await sc.follow(did('fan1'), did('blocker'))
await sc.block(did('blocker'), did('fan1')) // hides fan1 from the list of blocker
for (let i = 0; i < 25; i++) await sc.post(did('star'), `post ${i}`)
const first = sc.posts[did('star')][0].ref
for (const fan of crowd.slice(0, 7)) await sc.like(did(fan), first)

// One account is deleted by its holder, one taken down by the platform.
await sc.agent.com.atproto.admin.deleteAccount({ did: did('leaver') }, { headers: network.pds.adminAuthHeaders(), encoding: 'application/json' })
await network.processAll()
await network.bsky.ctx.dataplane.takedownActor({ did: did('banned'), ref: 'test' })

const followers = Object.fromEntries(tracked.map((name) => [did(name), []]))
for (const [from, tos] of Object.entries(sc.follows)) for (const to of Object.keys(tos)) followers[to]?.push(from)
// The AppView indexes behind the PDS: it must know of every follow before anybody is to compare.
const agent = network.bsky.getAgent()
const alive = tracked.filter((name) => !['leaver', 'banned'].includes(name))
const counted = async () => {
  const { data } = await agent.api.app.bsky.actor.getProfiles({ actors: alive.map(did) })
  return data.profiles.every((p) => p.followersCount === followers[p.did].length)
}
// A follower whose account is not indexed yet is counted, but left out of the list.
const listed = async (name) => {
  const seen = new Set()
  let cursor
  do {
    const { data } = await agent.api.app.bsky.graph.getFollowers({ actor: did(name), limit: 100, cursor })
    for (const f of data.followers) seen.add(f.did)
    cursor = data.cursor
  } while (cursor)
  return seen.size === followers[did(name)].length
}
const whole = async () => (await counted()) && (await listed('star')) && (await listed('second')) && (await listed('third'))
for (let tries = 0; !(await whole()); tries++) {
  if (tries === 60) throw new Error('the AppView does not list the follows that were made')
  await new Promise((wait) => setTimeout(wait, 500))
  await network.processAll()
}
const truth = {
  appview: network.bsky.url,
  pds: network.pds.url,
  accounts: Object.fromEntries(tracked.map((name) => [name, { did: did(name), handle: `${name}.test`, followers: followers[did(name)].sort() }])),
  posts: sc.posts[did('star')].map((p) => p.ref.uriStr).sort(),
  liked: { uri: first.uriStr, likes: 7 },
}
writeFileSync(process.argv[2] + '.tmp', JSON.stringify(truth, null, 1))
renameSync(process.argv[2] + '.tmp', process.argv[2])
console.log(`network of ${tracked.length + crowd.length} accounts at ${truth.appview}`)

const stop = async () => {
  await network.close()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
