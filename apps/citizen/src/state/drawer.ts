/** What this browser keeps for its owner: the report being written, and the codes of those sent. */

const name = 'pentad-citizen'
const shelf = 'kept'

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(name, 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore(shelf)
    asked.onsuccess = () => done(asked.result)
    asked.onerror = () => failed(asked.error)
  })
}

let opened: Promise<IDBDatabase> | undefined
async function ask<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  opened ??= open()
  const db = await opened
  return new Promise((done, failed) => {
    const transaction = db.transaction(shelf, mode)
    const request = act(transaction.objectStore(shelf))
    // Kept only once the transaction is through, not when the request is.
    transaction.oncomplete = () => done(request.result)
    transaction.onabort = () => failed(transaction.error)
  })
}

export const kept = <T>(key: string): Promise<T | undefined> =>
  ask('readonly', (s) => s.get(key) as IDBRequest<T | undefined>)
export const keep = async (key: string, value: unknown): Promise<void> => {
  await ask('readwrite', (s) => s.put(value, key))
}
export const forget = (key: string): Promise<undefined> => ask('readwrite', (s) => s.delete(key))
