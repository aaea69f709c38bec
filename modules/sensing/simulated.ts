/** Accounts of devices that the simulator plays: their tokens are made from a secret of this database, and stand in no file. */
import { randomBytes } from 'node:crypto'
import { hashToken, hmac } from '@pentad/platform/crypto'
import { type Db, sql } from '@pentad/platform/db'
import { sharedSecret } from './queries/index.ts'

export async function simulatedToken(db: Db): Promise<(login: string) => string> {
  const secret = await sharedSecret(db, 'simulated-token', randomBytes(32))
  return (login) => hmac(secret, login)
}

/** Gives one to every simulated device that needs it and has none; what an operator gave stays. */
export async function giveSimulatedAccounts(db: Db, now: Date): Promise<void> {
  const { rows } = await sql<{ id: string; address: string }>`select d.id, d.address from sensing.device d
    where d.protocol in ('mqtt', 'osmand') and d.retired is null and d.profile ->> 'simulated' = 'true'
      and not exists (select from sensing.account a where a.device_id = d.id or a.login = d.address) order by d.handle`.execute(
    db,
  )
  if (rows.length === 0) return
  const tokenOf = await simulatedToken(db)
  const hashes = rows.map((r) => hashToken(tokenOf(r.address)))
  await sql`insert into sensing.account (device_id, login, token_hash, issued_by, issued_at)
    select u.id, u.login, u.hash, 'simulator', ${now}
    from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.address)}::text[], ${hashes}::text[]) as u (id, login, hash)
    on conflict do nothing`.execute(db)
}
