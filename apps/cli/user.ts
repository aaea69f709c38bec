/** `./pentad user …`: accounts from the machine room, when nobody can sign in to make them. */
import { randomBytes } from 'node:crypto'
import {
  addAudit,
  addMembershipRow,
  addPersonRow,
  allUnits,
  endSessions,
  lockPersonByLogin,
  membershipsOf,
  peopleLike,
  putUnit,
  setFailures,
  setPassword,
} from '@pentad/identity'
import { type Role, roles } from '@pentad/identity/model'
import { hashPassword } from '@pentad/platform/crypto'
import { type Db, inTransaction } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { settingsFrom } from '@pentad/platform/settings'
import { legalDayOf } from '@pentad/platform/time'
import { workingDatabase } from './database.ts'
import { complain, say } from './say.ts'

/** The first account of an empty city: may add people, nothing else. */
export async function addAdministrator(db: Db, login: string, password: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await putUnit(tx, {
      id: 'platform',
      parentId: null,
      nameZh: '平台管理',
      nameEn: 'Platform',
      kind: 'it_centre',
      axis: 'none',
      areaCode: '',
    })
    await addUser(tx, { login, role: 'sys_admin', unitId: 'platform', areas: [], password })
  })
}

interface NewUser {
  login: string
  role: Role
  unitId: string
  areas: string[]
  password: string
}
async function addUser(db: Db, { login, role, unitId, areas, password }: NewUser): Promise<void> {
  const id = newId()
  await addPersonRow(db, {
    id,
    login,
    nameZh: login,
    nameEn: login,
    phone: null,
    password: await hashPassword(password),
  })
  await addMembershipRow(db, {
    id: newId(),
    personId: id,
    unitId,
    role,
    areas,
    validFrom: legalDayOf(new Date()),
    validTo: null,
  })
  await addAudit(db, {
    actorId: 'machine-room',
    act: 'add-person',
    about: id,
    result: 'done',
    detail: { login, role, unitId },
  })
}

const usage = 'usage: ./pentad user add NAME ROLE UNIT [AREA…] | password NAME | list'

export async function run(args: string[]): Promise<number> {
  const words = args.filter((a, i) => !a.startsWith('--') && !args[i - 1]?.startsWith('--'))
  const [what, login = '', role = '', unitId = '', ...areas] = words
  const password = process.env.PENTAD_PASSWORD ?? randomBytes(9).toString('base64url')
  const database = await workingDatabase(settingsFrom(process.env))
  const { db } = database
  try {
    if (what === 'list') {
      const people = await peopleLike(db, '')
      const posts = await membershipsOf(
        db,
        people.map((p) => p.id),
        legalDayOf(new Date()),
      )
      for (const p of people)
        say(
          `${p.login.padEnd(28)} ${p.nameZh.padEnd(8)} ${posts
            .filter((m) => m.personId === p.id)
            .map((m) => `${m.role}@${m.unitId}`)
            .join(' ')}`,
        )
      return 0
    }
    if (what === 'password' && login) {
      return await inTransaction(db, async (tx) => {
        const person = await lockPersonByLogin(tx, login)
        if (!person) {
          complain(`no account ${login}`)
          return 1
        }
        await setPassword(tx, person.id, await hashPassword(password))
        await setFailures(tx, person.id, 0, null)
        await endSessions(tx, person.id)
        await addAudit(tx, { actorId: 'machine-room', act: 'set-password', about: person.id, result: 'done' })
        say(`password of ${login}: ${password}`)
        return 0
      })
    }
    const known = roles.find((r) => r === role)
    if (what === 'add' && known && unitId) {
      if (!(await allUnits(db)).some((u) => u.id === unitId)) {
        complain(`no unit ${unitId}`)
        return 1
      }
      await inTransaction(db, (tx) => addUser(tx, { login, role: known, unitId, areas, password }))
      say(`added ${login}; password: ${password}`)
      return 0
    }
    complain(`${usage}\nroles: ${roles.join(' ')}`)
    return 2
  } finally {
    await database.leave()
  }
}
