/** A ledger of shops for tests, with a field of most kinds. */
import type { LedgerSchema } from './model/index.ts'

const text = (zh: string, en: string) => ({ 'zh-CN': zh, en })
export const shops: LedgerSchema = {
  id: 'shops',
  title: text('沿街商户', 'Shops'),
  says: text('试验台账', 'A ledger for tests'),
  major: text('试验', 'Tests'),
  subject: 'place',
  proposal: true,
  fields: [
    { key: 'name', title: text('名称', 'Name'), type: 'text', required: true, dataClass: 'public', to: 40 },
    { key: 'owner', title: text('负责人', 'Owner'), type: 'person', required: false, dataClass: 'personal' },
    { key: 'phone', title: text('电话', 'Phone'), type: 'phone', required: false, dataClass: 'personal' },
    {
      key: 'kind',
      title: text('业态', 'Trade'),
      type: 'choice',
      required: false,
      dataClass: 'public',
      choices: [
        { value: 'food', title: text('餐饮', 'Food') },
        { value: 'goods', title: text('零售', 'Goods') },
      ],
    },
    { key: 'rent', title: text('租金', 'Rent'), type: 'money', required: false, dataClass: 'internal' },
    { key: 'place', title: text('位置', 'Place'), type: 'point', required: false, dataClass: 'public' },
    {
      key: 'next_to',
      title: text('相邻商户', 'Next to'),
      type: 'link',
      required: false,
      dataClass: 'public',
      ledger: 'shops',
    },
  ],
  states: [
    { key: 'open', title: text('营业', 'Open'), tone: 'ok', terminal: false },
    { key: 'closed', title: text('停业', 'Closed'), tone: 'idle', terminal: true },
  ],
  transitions: [
    { from: 'open', to: 'closed', name: text('停业', 'Close'), roles: ['unit_manager'], required: ['kind'] },
    { from: 'closed', to: 'open', name: text('复业', 'Reopen'), roles: [], required: [] },
  ],
  titleTemplate: '{name}（{kind}）',
  read: [],
  write: ['unit_handler', 'unit_manager'],
  keeper: null,
  updateDays: 30,
}
